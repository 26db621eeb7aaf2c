package dev.osie.build.oci;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * Where a layer comes from (OCI image specification, "Image Configuration", property {@code history}).
 *
 * @param created in RFC 3339
 * @param createdBy what made the layer
 * @param author of the layer
 * @param comment free text
 * @param emptyLayer whether the step made no layer
 */
public record History(
        Optional<String> created,
        Optional<String> createdBy,
        Optional<String> author,
        Optional<String> comment,
        boolean emptyLayer) {
    /** The history of a layer. */
    public static History of(Optional<String> created, String createdBy) {
        return new History(created, Optional.of(createdBy), Optional.empty(), Optional.empty(), false);
    }

    static History read(JsonNode json) {
        return new History(
                Json.text(json, "created"),
                Json.text(json, "created_by"),
                Json.text(json, "author"),
                Json.text(json, "comment"),
                json.path("empty_layer").asBoolean(false));
    }

    ObjectNode toJson() {
        ObjectNode json = Json.object();
        created.ifPresent(text -> json.put("created", text));
        createdBy.ifPresent(text -> json.put("created_by", text));
        author.ifPresent(text -> json.put("author", text));
        comment.ifPresent(text -> json.put("comment", text));
        if (emptyLayer) {
            json.put("empty_layer", true);
        }
        return json;
    }
}
