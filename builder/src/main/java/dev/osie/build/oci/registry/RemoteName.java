package dev.osie.build.oci.registry;

import dev.osie.build.oci.Reference;
import dev.osie.build.store.Digest;
import java.util.Optional;

/**
 * Where an image is asked for. Short names mean Docker Hub, as everywhere: {@code redis} is {@code docker.io/library/redis:latest}.
 *
 * @param registry host and port
 * @param repository without the registry
 * @param tag {@code latest} unless the reference says otherwise
 * @param digest of the manifest or index; when there is one the tag means nothing
 */
record RemoteName(String registry, String repository, String tag, Optional<Digest> digest) {
    private static final String HUB = "docker.io";

    static RemoteName of(Reference reference) {
        String name = reference.repository();
        int slash = name.indexOf('/');
        String first = slash < 0 ? "" : name.substring(0, slash);
        boolean registry = first.contains(".") || first.contains(":") || first.equals("localhost");
        String host = registry ? first : HUB;
        String repository = registry ? name.substring(slash + 1) : name;
        boolean official = host.equals(HUB) && !repository.contains("/");
        return new RemoteName(
                host,
                official ? "library/" + repository : repository,
                reference.tag().orElse("latest"),
                reference.digest());
    }

    /** What a manifest is asked for by. */
    String version() {
        return digest.map(Digest::toString).orElse(tag);
    }

    /** The full name: {@code docker.io/library/redis:7}. */
    @Override
    public String toString() {
        return registry + "/" + repository + digest.map(value -> "@" + value).orElse(":" + tag);
    }
}
