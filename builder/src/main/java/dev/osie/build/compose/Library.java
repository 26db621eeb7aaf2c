package dev.osie.build.compose;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.failure.BuildException;
import dev.osie.build.yaml.Suggestion;
import dev.osie.build.yaml.YamlReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The flavors, pieces and overlays of a project. */
final class Library {
    private static final Pattern ADDRESS = Pattern.compile("^[a-z][a-z0-9+.-]{0,30}://");

    private final Path root;
    private final Path templates;

    Library(Path root) {
        this.root = root.toAbsolutePath().normalize();
        this.templates = this.root.resolve("linuxkit-templates");
    }

    Source flavor(String nameOrPath) {
        return find(nameOrPath, "flavor", "flavors", Source.Role.FLAVOR);
    }

    Source overlay(String nameOrPath) {
        return find(nameOrPath, "overlay", "overlays", Source.Role.OVERLAY);
    }

    /** The piece of that name, which cannot be a path. */
    Source piece(String name) {
        return named(name, "piece", "pieces", Source.Role.PIECE);
    }

    /** The document that came by standard input; what it names is looked for in the working directory. */
    static Source standardInput(String text) {
        String name = "standard input";
        return Source.of(name, Path.of("osie.yaml"), Source.Role.FLAVOR, YamlReader.read(name, text));
    }

    private Source find(String nameOrPath, String what, String directory, Source.Role role) {
        if (ADDRESS.matcher(nameOrPath).find()) {
            throw badInput("'" + nameOrPath + "' is an address, and documents are not fetched:"
                            + " the same command would build something else tomorrow")
                    .hint("Perhaps keep a copy beside what you build, and name that: curl -fLO " + nameOrPath);
        }
        boolean path = nameOrPath.endsWith(".yaml")
                || nameOrPath.endsWith(".yml")
                || nameOrPath.contains("/")
                || nameOrPath.contains("\\");
        return path ? read(Path.of(nameOrPath), role) : named(nameOrPath, what, directory, role);
    }

    private Source named(String name, String what, String directory, Source.Role role) {
        Path file = templates.resolve(directory).resolve(name + ".yaml");
        if (Files.isRegularFile(file)) {
            return read(file, role);
        }
        List<String> available = names(templates.resolve(directory));
        BuildException failure = badInput("there is no " + what + " '" + name + "' in linuxkit-templates/" + directory
                + " (there are: " + (available.isEmpty() ? "none" : String.join(", ", available)) + ")");
        if (!role.equals(Source.Role.PIECE) && Files.isRegularFile(Path.of(name))) {
            throw failure.hint("Perhaps the file is meant: ./" + name);
        }
        throw Suggestion.closest(name, available)
                .map(closest -> failure.hint("Perhaps '" + closest + "' is meant."))
                .orElse(failure);
    }

    private static List<String> names(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".yaml"))
                    .map(Source::stem)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Source read(Path file, Source.Role role) {
        String name = displayName(file);
        return Source.of(name, file, role, YamlReader.read(name, file));
    }

    /** Whether a file is a piece or an overlay of the project. */
    boolean holdsFragment(Path file) {
        Path folder = file.toAbsolutePath().normalize().getParent();
        return templates.resolve("pieces").equals(folder)
                || templates.resolve("overlays").equals(folder);
    }

    /** The path from the project's root where there is one, so that messages and results are the same on every machine. */
    private String displayName(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        if (!absolute.startsWith(root)) {
            return file.toString();
        }
        return StreamSupport.stream(root.relativize(absolute).spliterator(), false)
                .map(Path::toString)
                .collect(Collectors.joining("/"));
    }
}
