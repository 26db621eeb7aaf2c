package dev.osie.worker.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * How containers of an image are run unless an action says otherwise (OCI image configuration).
 *
 * @param environment {@code NAME=value}
 * @param directory the working directory; empty for the root
 * @param user {@code user[:group]}, names or numbers; empty for root
 * @param stopSignal name or number of the signal that ends it; empty for SIGTERM
 * @param layers the digest of each layer uncompressed, bottom first
 * @param chain the chain ID of each layer, bottom first: the digest of it and all below
 */
public record ImageConfig(
        List<String> environment,
        List<String> entrypoint,
        List<String> command,
        String directory,
        String user,
        String stopSignal,
        List<String> layers,
        List<String> chain) {
    /** @throws IOException when it isn't an image's configuration */
    public static ImageConfig read(byte[] document) throws IOException {
        JsonNode json = new ObjectMapper().readTree(document);
        JsonNode config = json.path("config");
        List<String> layers = texts(json.path("rootfs").path("diff_ids"));
        try {
            return new ImageConfig(
                    texts(config.path("Env")),
                    texts(config.path("Entrypoint")),
                    texts(config.path("Cmd")),
                    config.path("WorkingDir").asText(""),
                    config.path("User").asText(""),
                    config.path("StopSignal").asText(""),
                    layers,
                    chain(layers));
        } catch (IllegalArgumentException e) {
            throw new IOException("the image's configuration has " + e.getMessage(), e);
        }
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        for (JsonNode text : list) {
            texts.add(text.asText());
        }
        return List.copyOf(texts);
    }

    private static List<String> chain(List<String> layers) {
        List<String> chain = new ArrayList<>();
        String last = "";
        for (String layer : layers) {
            Descriptor.digest(layer);
            last = last.isEmpty() ? layer : Descriptor.digestOf((last + " " + layer).getBytes(StandardCharsets.UTF_8));
            chain.add(last);
        }
        return List.copyOf(chain);
    }
}
