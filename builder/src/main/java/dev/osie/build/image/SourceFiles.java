package dev.osie.build.image;

import dev.osie.build.yaml.Problems;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the files beside image.yaml that a recipe copies; one that lies elsewhere, perhaps behind a link, isn't the recipe's to copy. */
final class SourceFiles {
    private static final int DEEPEST = 256;
    private static final String UNREADABLE =
            "has characters that the locale of this process cannot express: run it with LC_ALL=C.UTF-8";

    private final Recipe recipe;
    private final Problems problems;

    SourceFiles(Recipe recipe, Problems problems) {
        this.recipe = recipe;
        this.problems = problems;
    }

    /** The file or directory; a problem when it isn't there. */
    Optional<Path> find(RecipeFile file, RecipeFile.Copied copied) {
        Path named;
        try {
            named = recipe.directory().resolve(copied.source());
        } catch (InvalidPathException e) {
            problems.add(copied.position(), "the source '" + copied.source() + "' " + UNREADABLE);
            return Optional.empty();
        }
        try {
            Path source = named.toRealPath();
            if (!source.startsWith(recipe.directory().toRealPath())) {
                problems.add(
                        copied.position(),
                        "the source '" + copied.source() + "' leads out of the recipe's directory to " + source);
                return Optional.empty();
            }
            if (Files.isDirectory(source) && file.permissions().capabilities().isPresent()) {
                problems.add(
                        copied.position(),
                        "'" + copied.source() + "' is a directory, and capabilities belong to one file: give them to it"
                                + " by an entry of its own with 'existing: true'");
                return Optional.empty();
            }
            return Optional.of(source);
        } catch (IOException e) {
            problems.add(
                    copied.position(),
                    Files.exists(named, LinkOption.NOFOLLOW_LINKS)
                            ? "the source '" + copied.source() + "' cannot be read: " + e.getMessage()
                            : "there is no file '" + copied.source() + "' beside image.yaml");
            return Optional.empty();
        }
    }

    /** Reports what cannot be part of an image in all that an entry copies. */
    void check(RecipeFile file, RecipeFile.Copied copied) {
        Optional<Path> source = find(file, copied);
        if (source.isEmpty()) {
            return;
        }
        try (Stream<Path> below = Files.walk(source.get(), DEEPEST, new FileVisitOption[0])) {
            below.forEach(path -> checkEntry(file, copied, source.get(), path));
        } catch (IOException | UncheckedIOException e) {
            problems.add(copied.position(), "the source '" + copied.source() + "' cannot be read: " + e.getMessage());
        }
    }

    private void checkEntry(RecipeFile file, RecipeFile.Copied copied, Path source, Path path) {
        String relative = source.relativize(path).toString().replace('\\', '/');
        String inImage = relative.isEmpty() ? file.path() : file.path() + "/" + relative;
        if (inImage.indexOf('\uFFFD') >= 0) {
            problems.add(copied.position(), "a name in '" + copied.source() + "' " + UNREADABLE);
            return;
        }
        String shown = relative.isEmpty() ? copied.source() : copied.source() + "/" + relative;
        ValueReader.defect(inImage)
                .ifPresent(defect -> problems.add(copied.position(), "the source '" + shown + "' " + defect));
        if (Files.isSymbolicLink(path)) {
            linkDefect(inImage, path)
                    .ifPresent(defect -> problems.add(copied.position(), "the link '" + shown + "' " + defect));
        } else if (!Files.isDirectory(path) && !Files.isRegularFile(path)) {
            problems.add(
                    copied.position(), "the source '" + shown + "' is neither a file, a directory nor a symbolic link");
        }
    }

    private static Optional<String> linkDefect(String inImage, Path link) {
        try {
            return FileReader.linkDefect(inImage, target(link));
        } catch (IOException e) {
            return Optional.of("cannot be read: " + e.getMessage());
        }
    }

    /** Where a link of the host leads, as the image spells it. */
    static String target(Path link) throws IOException {
        return Files.readSymbolicLink(link).toString().replace('\\', '/');
    }
}
