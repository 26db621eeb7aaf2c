package dev.osie.build.oci;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.failure.BuildException;
import dev.osie.build.store.Digest;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of an image: {@code [registry/]repository[:tag][@sha256:…]}, in the grammar of the OCI distribution specification ("Pulling
 * manifests") with the registry in front that every tool adds. The text is kept as written: {@code osie-build/init} stays so, and is not
 * taken for an image of Docker Hub.
 *
 * @param repository with the registry, if one was written
 * @param tag names a version that may move
 * @param digest of the manifest
 */
public record Reference(String repository, Optional<String> tag, Optional<Digest> digest) {
    private static final String COMPONENT = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
    /** Told from a part of the repository by a dot, a port, or being localhost, as every tool does. */
    private static final String REGISTRY =
            "(?=[^/]*[.:]|localhost/)(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?";

    private static final String TAG = "[A-Za-z0-9_][A-Za-z0-9._-]{0,127}";
    private static final Pattern GRAMMAR = Pattern.compile("(?<repository>(?:" + REGISTRY + "/)?" + COMPONENT + "(?:/"
            + COMPONENT + ")*)" + "(?::(?<tag>" + TAG + "))?(?:@(?<digest>.+))?");
    private static final int MAX_LENGTH = 1024;

    /** Reads a reference as users and documents write it. */
    public static Reference parse(String text) {
        Matcher matcher = GRAMMAR.matcher(text);
        if (text.length() > MAX_LENGTH || !matcher.matches()) {
            throw badInput("'" + text
                    + "' is not the name of an image: expected [registry/]name[:tag][@sha256:digest] in lower case");
        }
        return new Reference(
                matcher.group("repository"),
                Optional.ofNullable(matcher.group("tag")),
                Optional.ofNullable(matcher.group("digest")).map(Digest::parse));
    }

    /** The reference that a text may be. */
    public static Optional<Reference> read(String text) {
        try {
            return Optional.of(parse(text));
        } catch (BuildException e) {
            return Optional.empty();
        }
    }

    /** The same repository, pinned to a manifest instead of a tag. */
    public Reference at(Digest manifest) {
        return new Reference(repository, Optional.empty(), Optional.of(manifest));
    }

    /** The text with Docker Hub's name in front where LinuxKit, as Docker, leaves it out. */
    public String expanded() {
        String text = toString();
        int slash = repository.indexOf('/');
        if (slash < 0) {
            return "docker.io/library/" + text;
        }
        String first = repository.substring(0, slash);
        boolean registry = first.contains(".") || first.contains(":") || first.equals("localhost");
        boolean several = repository.indexOf('/', slash + 1) >= 0;
        return registry || several ? text : "docker.io/" + text;
    }

    /** What it is short for: {@code redis} is {@code docker.io/library/redis:latest}. */
    public Reference full() {
        return parse(expanded() + (tag.isEmpty() && digest.isEmpty() ? ":latest" : ""));
    }

    /** The shortest text that means the same: {@code redis} for {@code docker.io/library/redis:latest}. */
    public String familiar() {
        return full().toString().replaceFirst("^docker\\.io/(library/)?", "").replaceFirst(":latest$", "");
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return repository
                + tag.map(name -> ":" + name).orElse("")
                + digest.map(manifest -> "@" + manifest).orElse("");
    }
}
