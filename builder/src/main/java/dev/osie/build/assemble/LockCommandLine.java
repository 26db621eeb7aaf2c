package dev.osie.build.assemble;

import dev.osie.build.compose.CompositionRequest;
import dev.osie.build.failure.ShellQuoting;
import java.util.ArrayList;
import java.util.List;

/** The command that makes the lock for what is being built. */
final class LockCommandLine {
    private LockCommandLine() {}

    /** For every architecture that the lock has. */
    static String of(BuildRequest request) {
        return ShellQuoting.join(words(request));
    }

    /** For the request's architecture, which the lock doesn't have yet. */
    static String withArchitecture(BuildRequest request) {
        List<String> words = words(request);
        words.addAll(List.of("--arch", request.architecture().toString()));
        return ShellQuoting.join(words);
    }

    private static List<String> words(BuildRequest request) {
        CompositionRequest composition = request.composition();
        List<String> words = new ArrayList<>(List.of("osie-build", "lock"));
        words.addAll(composition.documents());
        composition.overlays().forEach(overlay -> words.addAll(List.of("--overlay", overlay)));
        composition.variables().entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .sorted()
                .forEach(variable -> words.addAll(List.of("--set", variable)));
        request.lock().ifPresent(file -> words.addAll(List.of("--lock", file.toString())));
        return words;
    }
}
