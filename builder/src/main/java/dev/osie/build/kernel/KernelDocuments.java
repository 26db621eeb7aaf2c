package dev.osie.build.kernel;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.failure.BuildException;
import dev.osie.build.yaml.Suggestion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds the documents of a folder by name. */
final class KernelDocuments {
    private static final String SUFFIX = ".yaml";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

    private KernelDocuments() {}

    /**
     * The file {@code NAME.yaml} of a folder.
     *
     * @param kind what the documents describe, for messages
     */
    static Path find(Path folder, String name, String kind) {
        if (!NAME.matcher(name).matches()) {
            throw badInput("'" + name + "' cannot be the name of a " + kind
                    + ": letters, digits, '.', '_' and '-' are allowed");
        }
        Path file = folder.resolve(name + SUFFIX);
        if (Files.isRegularFile(file)) {
            return file;
        }
        List<String> names = names(folder);
        BuildException failure = badInput("there is no " + kind + " '" + name + "': expected the file " + file);
        throw Suggestion.closest(name, names)
                .map(closest -> failure.hint("Perhaps '" + closest + "' is meant."))
                .orElseGet(() -> names.isEmpty() ? failure : failure.hint("There are: " + String.join(", ", names)));
    }

    private static List<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(SUFFIX))
                    .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
