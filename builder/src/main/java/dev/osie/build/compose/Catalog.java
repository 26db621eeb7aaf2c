package dev.osie.build.compose;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.failure.BuildException;
import dev.osie.build.yaml.YamlNode;
import dev.osie.build.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What a project has to choose from. */
public final class Catalog {
    private static final String YAML = ".yaml";
    private static final String RECIPE = "image.yaml";

    private final Path root;

    /** @param root the project's directory */
    public Catalog(Path root) {
        this.root = root;
    }

    /** What there is in a project; the order is the one people read them in. */
    public enum Kind {
        FLAVORS("linuxkit-templates/flavors"),
        PIECES("linuxkit-templates/pieces"),
        OVERLAYS("linuxkit-templates/overlays"),
        IMAGES("images"),
        KERNELS("kernel-configs"),
        MODULES("kernel-configs/modules");

        private final String folder;

        Kind(String folder) {
            this.folder = folder;
        }

        /** The word on the command line: {@code flavors}. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A document.
     *
     * @param description one line, which may be empty
     */
    public record Item(String name, String description) {}

    /** The documents of a kind, by name. One that cannot be read is there too: its description says why. */
    public List<Item> list(Kind kind) {
        Path folder = root.resolve(kind.folder);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.flatMap(entry -> item(kind, entry).stream())
                    .sorted(Comparator.comparing(Item::name))
                    .toList();
        } catch (IOException e) {
            throw unavailable("Tried to list " + folder + ", but " + e.getMessage())
                    .because(e);
        }
    }

    private static Optional<Item> item(Kind kind, Path entry) {
        String name = entry.getFileName().toString();
        if (kind == Kind.IMAGES) {
            Path recipe = entry.resolve(RECIPE);
            return Files.isRegularFile(recipe) ? Optional.of(new Item(name, description(recipe))) : Optional.empty();
        }
        return name.endsWith(YAML) && Files.isRegularFile(entry)
                ? Optional.of(new Item(name.substring(0, name.length() - YAML.length()), description(entry)))
                : Optional.empty();
    }

    private static String description(Path file) {
        try {
            String text = Files.readString(file);
            String name = file.getFileName().toString();
            return described(YamlReader.read(name, text)).orElseGet(() -> firstSentence(text));
        } catch (BuildException e) {
            return e.getMessage().lines().findFirst().orElse("");
        } catch (IOException e) {
            return "cannot be read: " + e.getMessage();
        }
    }

    private static Optional<String> described(YamlNode document) {
        return child(document, "description")
                .or(() -> child(document, "osie").flatMap(osie -> child(osie, "description")))
                .filter(YamlNode.Scalar.class::isInstance)
                .flatMap(text -> ((YamlNode.Scalar) text).text().lines().findFirst());
    }

    private static Optional<YamlNode> child(YamlNode node, String key) {
        return node instanceof YamlNode.Mapping mapping ? mapping.get(key) : Optional.empty();
    }

    /** What the comment at the document's head begins with. */
    private static String firstSentence(String text) {
        String line =
                text.lines().findFirst().filter(first -> first.startsWith("#")).orElse("");
        String comment = line.replaceFirst("^#+", "").strip();
        int end = comment.indexOf(". ");
        return (end < 0 ? comment : comment.substring(0, end)).replaceFirst("[.:]$", "");
    }
}
