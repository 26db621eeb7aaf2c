package dev.osie.build.oci.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.osie.build.failure.BuildException;
import dev.osie.build.http.Answer;
import dev.osie.build.http.BrokenTransfer;
import dev.osie.build.yaml.Suggestion;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What somebody meant who named a tag that isn't there: one question, and none again when it isn't answered. */
final class Tags {
    private static final int MOST = 200;
    private static final int SHOWN = 5;
    private static final int MOST_BYTES = 1 << 18;
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final ObjectMapper JSON = new ObjectMapper();

    private Tags() {}

    /** A sentence that helps. */
    static Optional<String> suggestion(Server server, RemoteName name) {
        List<String> tags = list(server, name.repository());
        return Suggestion.closest(name.tag(), tags)
                .map(tag -> "Did you mean " + name.registry() + "/" + name.repository() + ":" + tag + "?")
                .or(() -> tags.isEmpty() ? Optional.empty() : Optional.of("There are the tags " + shown(tags)));
    }

    private static String shown(List<String> tags) {
        String some = String.join(", ", tags.subList(0, Math.min(SHOWN, tags.size())));
        return some + (tags.size() > SHOWN ? ", …" : ".");
    }

    private static List<String> list(Server server, String repository) {
        List<String> tags = new ArrayList<>();
        try (Answer answer = server.get(repository, "tags/list?n=" + MOST, List.of(), 0)) {
            if (answer.status() == 200) {
                for (JsonNode tag :
                        JSON.readTree(answer.document(MOST_BYTES, LIMIT)).path("tags")) {
                    tags.add(Refusal.printable(tag.asText()));
                }
            }
        } catch (IOException | BuildException | BrokenTransfer e) {
            return List.of(); // it was only for a hint
        }
        return tags;
    }
}
