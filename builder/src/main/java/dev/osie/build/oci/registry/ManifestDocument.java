package dev.osie.build.oci.registry;

import static dev.osie.build.failure.BuildException.unavailable;
import static dev.osie.build.failure.BuildException.verification;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.osie.build.failure.BuildException;
import dev.osie.build.oci.Index;
import dev.osie.build.oci.MediaType;
import dev.osie.build.store.Digest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a registry sends for a manifest, after a look at whether it is one thing only: a document that could be read both as an index and
 * as the manifest of an image means different images to different programs (OCI image specification, "Image Manifest", property
 * {@code mediaType}).
 *
 * @param bytes as they came
 * @param index when it is one
 */
record ManifestDocument(byte[] bytes, Optional<Index> index) {
    static final List<String> TYPES =
            List.of(MediaType.INDEX, MediaType.DOCKER_INDEX, MediaType.MANIFEST, MediaType.DOCKER_MANIFEST);

    private static final Set<String> INDEXES = Set.of(MediaType.INDEX, MediaType.DOCKER_INDEX);
    private static final String OLD = "application/vnd.docker.distribution.manifest.v1";
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Looks at a document.
     *
     * @param contentType what the registry calls it; a name that isn't that of a manifest means nothing
     * @throws BuildException {@code VERIFICATION} when it contradicts itself, {@code UNAVAILABLE} when it is no image
     */
    static ManifestDocument of(RemoteName name, String contentType, byte[] bytes) {
        JsonNode json = json(name, bytes);
        String sent = contentType.replaceFirst(";.*", "").strip();
        String own = json.path("mediaType").asText("");
        if (json.path("schemaVersion").asInt(2) == 1 || sent.startsWith(OLD) || own.startsWith(OLD)) {
            throw unavailable("The image " + name
                            + " is only there in the form of Docker before 1.10 (schema 1), which names"
                            + " no configuration.")
                    .hint("Perhaps pull it with an old Docker and push it anew.");
        }
        boolean index = json.has("manifests");
        boolean image = json.has("layers") || json.has("config");
        if (index && image) {
            throw lies(name, "it names both images and layers");
        }
        requireType(name, own, index, "calls itself");
        if (TYPES.contains(sent)) {
            requireType(name, sent, index, "was sent as");
        }
        if (!index) {
            requireImage(name, json, own);
            return new ManifestDocument(bytes, Optional.empty());
        }
        return new ManifestDocument(bytes, Index.read(bytes));
    }

    private static JsonNode json(RemoteName name, byte[] bytes) {
        try {
            JsonNode json = JSON.readTree(bytes);
            if (json != null && json.isObject()) {
                return json;
            }
        } catch (IOException e) {
            // Reported below.
        }
        throw unavailable("What there is under the name " + name + " is no manifest: it is no JSON object.")
                .hint("Perhaps a proxy answers in the registry's place.");
    }

    private static void requireType(RemoteName name, String type, boolean index, String verb) {
        if (TYPES.contains(type) && INDEXES.contains(type) != index) {
            throw lies(name, "it " + verb + " " + type + ", and is " + (index ? "an index" : "none"));
        }
    }

    private static void requireImage(RemoteName name, JsonNode json, String own) {
        boolean known = own.isEmpty() || TYPES.contains(own);
        if (!known || !json.has("config") || !json.has("layers")) {
            throw unavailable("What there is under the name " + name + " is no image: it is "
                    + (own.isEmpty() ? "a document without configuration and layers" : Refusal.printable(own)) + ".");
        }
    }

    private static BuildException lies(RemoteName name, String how) {
        return verification("The manifest of " + name + " contradicts itself: " + how + ".");
    }

    Digest digest() {
        return Digest.of(bytes);
    }
}
