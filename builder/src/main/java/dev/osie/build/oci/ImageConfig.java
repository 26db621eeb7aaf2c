package dev.osie.build.oci;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.osie.build.store.Digest;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An image's configuration (OCI image specification, "Image Configuration").
 *
 * @param platform what the image runs on
 * @param created in RFC 3339
 * @param author who answers for the image
 * @param execution how its containers are run
 * @param diffIds digests of the uncompressed layers, bottom first
 * @param history of the layers, bottom first
 */
public record ImageConfig(
        Platform platform,
        Optional<String> created,
        Optional<String> author,
        Execution execution,
        List<Digest> diffIds,
        List<History> history) {
    public ImageConfig {
        diffIds = List.copyOf(diffIds);
        history = List.copyOf(history);
    }

    /** Reads a configuration; properties that are not known are passed over. */
    public static ImageConfig read(byte[] document) {
        JsonNode json = Json.parse(document, "the image configuration");
        List<History> history = new ArrayList<>();
        Json.array(json, "history").forEach(step -> history.add(History.read(step)));
        return new ImageConfig(
                Platform.read(json),
                Json.text(json, "created"),
                Json.text(json, "author"),
                Execution.read(json.path("config")),
                Json.texts(json.path("rootfs"), "diff_ids").stream()
                        .map(Digest::parse)
                        .toList(),
                history);
    }

    /** When the image was made; empty when it doesn't say, or says it in another form. */
    public Optional<Instant> creation() {
        try {
            return created.map(OffsetDateTime::parse).map(OffsetDateTime::toInstant);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /** The canonical bytes. */
    public byte[] toBytes() {
        ObjectNode json = Json.object();
        platform.writeTo(json);
        created.ifPresent(time -> json.put("created", time));
        author.ifPresent(name -> json.put("author", name));
        ObjectNode config = execution.toJson();
        if (!config.isEmpty()) {
            json.set("config", config);
        }
        ObjectNode rootfs = json.putObject("rootfs");
        rootfs.put("type", "layers");
        ArrayNode digests = rootfs.putArray("diff_ids");
        diffIds.forEach(digest -> digests.add(digest.toString()));
        if (!history.isEmpty()) {
            ArrayNode steps = json.putArray("history");
            history.forEach(step -> steps.add(step.toJson()));
        }
        return Json.canonical(json);
    }
}
