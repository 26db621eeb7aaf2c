package dev.osie.build.oci.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.osie.build.http.Answer;
import dev.osie.build.http.BrokenTransfer;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.Collectors;

/** Why a registry says no, in its own words where it has some (OCI distribution specification, "Error Codes"). */
final class Refusal {
    private static final int MOST_BYTES = 1 << 14;
    private static final int MOST_CHARACTERS = 200;
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final ObjectMapper JSON = new ObjectMapper();

    private Refusal() {}

    /** {@code HTTP status 403: requested access to the resource is denied}; closes the answer. */
    static String of(Answer answer) {
        try (answer) {
            String words = words(answer);
            return "HTTP status " + answer.status() + (words.isEmpty() ? "" : ": " + words);
        }
    }

    private static String words(Answer answer) {
        try {
            JsonNode errors = JSON.readTree(answer.document(MOST_BYTES, LIMIT)).path("errors");
            JsonNode first = errors.path(0);
            return printable(first.path("message").asText(first.path("code").asText("")));
        } catch (IOException | BrokenTransfer e) {
            return ""; // a page for people, or nothing
        }
    }

    /** Text of a server as far as a terminal may have it. */
    static String printable(String text) {
        return text.codePoints()
                .limit(MOST_CHARACTERS)
                .filter(character -> character >= ' ' && !Character.isISOControl(character))
                .filter(character -> Character.getType(character) != Character.FORMAT)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }
}
