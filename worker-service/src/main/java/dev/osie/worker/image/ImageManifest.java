package dev.osie.worker.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What an image for one platform is made of: an image manifest of the OCI image specification, or Docker's schema 2, which has the same
 * form.
 */
public record ImageManifest(Descriptor config, List<Descriptor> layers) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The media types of manifests and indexes that are understood, as the header Accept lists them. */
    public static final String ACCEPTED = "application/vnd.oci.image.index.v1+json,"
            + "application/vnd.docker.distribution.manifest.list.v2+json,"
            + "application/vnd.oci.image.manifest.v1+json,"
            + "application/vnd.docker.distribution.manifest.v2+json";

    /** Whether a media type is that of an index, which lists the manifests of several platforms. */
    public static boolean isIndex(String mediaType) {
        return mediaType.startsWith("application/vnd.oci.image.index.v1+json")
                || mediaType.startsWith("application/vnd.docker.distribution.manifest.list.v2+json");
    }

    /** @throws IOException when it isn't a manifest */
    public static ImageManifest read(byte[] document) throws IOException {
        try {
            JsonNode json = JSON.readTree(document);
            List<Descriptor> layers = new ArrayList<>();
            for (JsonNode layer : json.path("layers")) {
                layers.add(Descriptor.read(layer));
            }
            return new ImageManifest(Descriptor.read(json.path("config")), List.copyOf(layers));
        } catch (IllegalArgumentException e) {
            throw new IOException("the image's manifest has " + e.getMessage(), e);
        }
    }

    /**
     * The manifest for this machine.
     *
     * @param architecture as images name it
     * @throws IOException when there is none, or the document isn't an index
     */
    public static Descriptor choose(byte[] index, String architecture) throws IOException {
        for (JsonNode entry : JSON.readTree(index).path("manifests")) {
            JsonNode platform = entry.path("platform");
            if (platform.path("os").asText().equals("linux")
                    && platform.path("architecture").asText().equals(architecture)) {
                try {
                    return Descriptor.read(entry);
                } catch (IllegalArgumentException e) {
                    throw new IOException("the image's index has " + e.getMessage(), e);
                }
            }
        }
        throw new IOException("the image is not for linux/" + architecture);
    }
}
