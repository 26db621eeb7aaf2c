package dev.osie.build.oci;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.osie.build.platform.Architecture;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What an image runs on (OCI image specification, "Image Index", property {@code platform}).
 *
 * @param os in Go's notation
 * @param architecture in Go's notation
 * @param variant of the architecture, such as {@code v8}
 * @param osVersion used by Windows alone
 * @param osFeatures used by Windows alone
 */
public record Platform(
        String os, String architecture, Optional<String> variant, Optional<String> osVersion, List<String> osFeatures) {
    public Platform {
        osFeatures = List.copyOf(osFeatures);
    }

    /** Linux on an architecture. */
    public static Platform linux(Architecture architecture) {
        return new Platform("linux", architecture.debianName(), Optional.empty(), Optional.empty(), List.of());
    }

    /** Whether an image for this platform runs on another; a variant that isn't asked for is no hindrance. */
    public boolean suits(Platform wanted) {
        boolean variants = wanted.variant.isEmpty() || variant.isEmpty() || variant.equals(wanted.variant);
        return os.equals(wanted.os) && architecture.equals(wanted.architecture) && variants;
    }

    /** As tools write it: {@code linux/arm64/v8}. */
    public String describe() {
        return os + "/" + architecture + variant.map(name -> "/" + name).orElse("");
    }

    /** The architecture as the rest of this program calls it, where it does: {@code x86_64}. */
    public String kernelName() {
        return Arrays.stream(Architecture.values())
                .filter(known -> suits(linux(known)))
                .findFirst()
                .map(Architecture::toString)
                .orElse(describe());
    }

    static Platform read(JsonNode json) {
        return new Platform(
                Json.text(json, "os").orElse(""),
                Json.text(json, "architecture").orElse(""),
                Json.text(json, "variant"),
                Json.text(json, "os.version"),
                Json.texts(json, "os.features"));
    }

    /** Adds the platform's properties to an object: an index keeps them in one of their own, a configuration at its top. */
    void writeTo(ObjectNode json) {
        json.put("os", os);
        json.put("architecture", architecture);
        variant.ifPresent(value -> json.put("variant", value));
        osVersion.ifPresent(value -> json.put("os.version", value));
        Json.put(json, "os.features", osFeatures);
    }
}
