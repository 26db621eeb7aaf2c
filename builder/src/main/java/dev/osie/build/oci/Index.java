package dev.osie.build.oci;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * The images of one name, one for each platform (OCI image specification, "Image Index").
 *
 * @param manifests what isn't an image for a platform, such as an attestation, is among them
 */
public record Index(List<Descriptor> manifests) {
    public Index {
        manifests = List.copyOf(manifests);
    }

    /** Reads an index, or Docker's manifest list; empty when the document is the manifest of one image. */
    public static Optional<Index> read(byte[] document) {
        JsonNode json = Json.parse(document, "the manifest");
        if (!json.has("manifests")) {
            return Optional.empty();
        }
        List<Descriptor> manifests = new ArrayList<>();
        Json.array(json, "manifests").forEach(manifest -> manifests.add(Descriptor.read(manifest)));
        return Optional.of(new Index(manifests));
    }

    /** The manifest of the image for a platform, whatever its variant. */
    public Optional<Descriptor> find(Platform wanted) {
        return manifests.stream()
                .filter(manifest ->
                        manifest.platform().filter(found -> found.suits(wanted)).isPresent())
                .findFirst();
    }

    /** The canonical bytes, whose digest is the index's. */
    public byte[] toBytes(SortedMap<String, String> annotations) {
        ObjectNode json = Json.object();
        json.put("schemaVersion", 2);
        json.put("mediaType", MediaType.INDEX);
        ArrayNode array = json.putArray("manifests");
        manifests.forEach(manifest -> array.add(manifest.toJson()));
        Json.put(json, "annotations", annotations);
        return Json.canonical(json);
    }

    /** What there are images for. */
    public List<Platform> images() {
        return manifests.stream()
                .flatMap(manifest -> manifest.platform().stream())
                .filter(platform -> !platform.architecture().equals("unknown"))
                .toList();
    }

    /** What there are images for, in words. */
    public String platforms() {
        String all =
                images().stream().map(Platform::describe).sorted().distinct().collect(Collectors.joining(", "));
        return all.isEmpty() ? "none" : all;
    }
}
