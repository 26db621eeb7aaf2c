package dev.osie.build.assemble;

import dev.osie.build.compose.CompositionRequest;
import dev.osie.build.failure.ShellQuoting;
import dev.osie.build.platform.Architecture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The commands that make the lock for what is being built.
 *
 * @param here for every architecture that the lock has
 * @param withArchitecture for the architecture that is built for, which the lock may not have yet
 * @param keeping whether they leave alone what the lock has
 */
record LockCommandLine(String here, String withArchitecture, boolean keeping) {
    static LockCommandLine of(BuildRequest request) {
        List<String> words = words(request);
        String here = ShellQuoting.join(words);
        words.addAll(List.of("--arch", request.architecture().toString()));
        return new LockCommandLine(here, ShellQuoting.join(words), true);
    }

    /** The lock of recipes, which has no verb of its own, is made anew when it isn't there. */
    static LockCommandLine ofRecipes(Path lock, List<String> recipes, Architecture architecture) {
        List<String> words = new ArrayList<>(List.of("osie-build", "image", "build"));
        words.addAll(recipes);
        return anew(lock, words, architecture);
    }

    /** The same for that of a kernel which is compiled by itself. */
    static LockCommandLine ofKernel(Path lock, String kernel, Architecture architecture) {
        return anew(lock, new ArrayList<>(List.of("osie-build", "kernel", "build", kernel)), architecture);
    }

    private static LockCommandLine anew(Path lock, List<String> words, Architecture architecture) {
        words.addAll(List.of("--arch", architecture.toString(), "--lock", lock.toString()));
        String command = ShellQuoting.join(List.of("rm", lock.toString())) + " && " + ShellQuoting.join(words);
        return new LockCommandLine(command, command, false);
    }

    /** What the commands are for, in words. */
    String advice(String what) {
        return keeping ? "Add " + what + ", and leave the rest as it is: " : "Make it anew: ";
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
