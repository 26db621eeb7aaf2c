package dev.osie.build.oci;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * An image in {@code manifest.json} of what {@code docker save} writes (Docker image specification 1.2, "Combined Image JSON + Filesystem
 * Changeset Format").
 *
 * @param config path of the configuration in the archive
 * @param repoTags names of the image, which may be none
 * @param layers paths of the layers, bottom first
 */
public record DockerManifest(String config, List<String> repoTags, List<String> layers) {
    public DockerManifest {
        repoTags = List.copyOf(repoTags);
        layers = List.copyOf(layers);
    }

    /** Reads all images of a {@code manifest.json}. */
    public static List<DockerManifest> read(byte[] document) {
        List<DockerManifest> images = new ArrayList<>();
        for (JsonNode json : Json.parseList(document, "manifest.json")) {
            images.add(new DockerManifest(
                    Json.text(json, "Config").orElse(""), Json.texts(json, "RepoTags"), Json.texts(json, "Layers")));
        }
        return images;
    }

    /** Their names in full; what is no name is left out. */
    public List<Reference> names() {
        return repoTags.stream()
                .flatMap(name -> Reference.read(name).stream())
                .map(Reference::full)
                .toList();
    }

    /** The entry by itself. */
    @Override
    public String toString() {
        return new String(Json.canonical(toJson()), StandardCharsets.UTF_8);
    }

    ObjectNode toJson() {
        ObjectNode json = Json.object();
        json.put("Config", config);
        Json.put(json, "RepoTags", repoTags);
        layers.forEach(json.putArray("Layers")::add);
        return json;
    }
}
