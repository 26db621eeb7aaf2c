package dev.osie.build.compose;

import dev.osie.build.platform.Architecture;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What to compose.
 *
 * @param documents one flavor, or several plain LinuxKit documents: each the name of a file in {@code linuxkit-templates/flavors}, a path,
 *     or {@code -} for standard input
 * @param name what to call the result; by default the last document's name, which is {@code osie} for standard input
 * @param overlays the names of files in {@code linuxkit-templates/overlays}, or paths, lowest first
 * @param variables values of variables that the documents declare
 * @param architecture decides about what is there for some architectures only
 * @param standardInput the text that {@code -} stands for
 */
public record CompositionRequest(
        List<String> documents,
        Optional<String> name,
        List<String> overlays,
        Map<String, String> variables,
        Architecture architecture,
        Optional<String> standardInput) {
    /** Stands for standard input among the documents. */
    public static final String STANDARD_INPUT = "-";

    public CompositionRequest {
        documents = List.copyOf(documents);
        overlays = List.copyOf(overlays);
        variables = Map.copyOf(variables);
    }

    /** One flavor as it is. */
    public static CompositionRequest of(String flavor, Architecture architecture) {
        return new CompositionRequest(
                List.of(flavor), Optional.empty(), List.of(), Map.of(), architecture, Optional.empty());
    }

    /** The same for another architecture. */
    public CompositionRequest on(Architecture other) {
        return new CompositionRequest(documents, name, overlays, variables, other, standardInput);
    }
}
