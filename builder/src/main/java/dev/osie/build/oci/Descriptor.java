package dev.osie.build.oci;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Points to content (OCI image specification, "Content Descriptors").
 *
 * @param mediaType what the content is
 * @param digest of the content
 * @param size of the content in bytes
 * @param platform what an image runs on; only in an index
 * @param annotations free text by key
 */
public record Descriptor(
        String mediaType,
        Digest digest,
        long size,
        Optional<Platform> platform,
        SortedMap<String, String> annotations) {
    public Descriptor {
        annotations = Collections.unmodifiableSortedMap(new TreeMap<>(annotations));
    }

    public static Descriptor of(String mediaType, Blob blob) {
        return new Descriptor(mediaType, blob.digest(), blob.size(), Optional.empty(), Collections.emptySortedMap());
    }

    public Descriptor withPlatform(Platform newPlatform) {
        return new Descriptor(mediaType, digest, size, Optional.of(newPlatform), annotations);
    }

    public Descriptor withAnnotation(String key, String value) {
        SortedMap<String, String> more = new TreeMap<>(annotations);
        more.put(key, value);
        return new Descriptor(mediaType, digest, size, platform, more);
    }

    public Blob blob() {
        return new Blob(digest, size);
    }

    static Descriptor read(JsonNode json) {
        return new Descriptor(
                Json.text(json, "mediaType").orElse(""),
                Digest.parse(Json.text(json, "digest").orElse("")),
                json.path("size").asLong(-1),
                Optional.of(json.path("platform")).filter(JsonNode::isObject).map(Platform::read),
                Json.textMap(json, "annotations"));
    }

    ObjectNode toJson() {
        ObjectNode json = Json.object();
        json.put("mediaType", mediaType);
        json.put("digest", digest.toString());
        json.put("size", size);
        platform.ifPresent(value -> value.writeTo(json.putObject("platform")));
        Json.put(json, "annotations", annotations);
        return json;
    }
}
