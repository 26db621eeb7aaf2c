package dev.osie.build.oci;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Names the parts of an image (OCI image specification, "Image Manifest").
 *
 * @param config of the image
 * @param layers bottom first
 * @param annotations free text by key
 */
public record Manifest(Descriptor config, List<Descriptor> layers, SortedMap<String, String> annotations) {
    public Manifest {
        layers = List.copyOf(layers);
        annotations = Collections.unmodifiableSortedMap(new TreeMap<>(annotations));
    }

    /** Reads a manifest; properties that are not known are passed over. */
    public static Manifest read(byte[] document) {
        JsonNode json = Json.parse(document, "the manifest");
        List<Descriptor> layers = new ArrayList<>();
        Json.array(json, "layers").forEach(layer -> layers.add(Descriptor.read(layer)));
        return new Manifest(Descriptor.read(json.path("config")), layers, Json.textMap(json, "annotations"));
    }

    /** The canonical bytes, whose digest is the image's. */
    public byte[] toBytes() {
        ObjectNode json = Json.object();
        json.put("schemaVersion", 2);
        json.put("mediaType", MediaType.MANIFEST);
        json.set("config", config.toJson());
        ArrayNode array = json.putArray("layers");
        layers.forEach(layer -> array.add(layer.toJson()));
        Json.put(json, "annotations", annotations);
        return Json.canonical(json);
    }
}
