package dev.osie.build.image;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.platform.Architecture;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.Suggestion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The recipes of a directory, as they are on one architecture: every {@code NAME/image.yaml} in it. */
public final class Recipes {
    /** What the file in a recipe's directory is called. */
    public static final String FILE = "image.yaml";

    private final Path directory;
    private final String shown;
    private final Architecture architecture;
    private final Map<String, Recipe> read = new HashMap<>();

    private Recipes(Path directory, String shown, Architecture architecture) {
        this.directory = directory;
        this.shown = shown;
        this.architecture = architecture;
    }

    /** The recipes in a directory, which need not exist when none is asked for; as they are on x86_64. */
    public static Recipes in(Path directory) {
        return in(
                directory, directory.toAbsolutePath().normalize().getFileName().toString());
    }

    /**
     * The same for a directory that messages call by another name than its own.
     *
     * @param shown what they call it
     */
    public static Recipes in(Path directory, String shown) {
        return new Recipes(directory, shown, Architecture.X86_64);
    }

    /** The same recipes as they are on an architecture. */
    public Recipes on(Architecture other) {
        return other == architecture ? this : new Recipes(directory, shown, other);
    }

    /** The names of all recipes, sorted. */
    public List<String> names() {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(entry -> Files.isRegularFile(entry.resolve(FILE)))
                    .map(entry -> entry.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw badInput("Tried to list the recipes in " + directory + ", but " + e.getMessage())
                    .because(e);
        }
    }

    /**
     * The recipe of that name.
     *
     * @throws dev.osie.build.failure.BuildException when there is none, or with every problem that is in it
     */
    public synchronized Recipe get(String name) {
        Recipe known = read.get(name);
        if (known == null) {
            List<String> names = names();
            if (!names.contains(name)) {
                throw missing(name, names);
            }
            known = RecipeReader.read(document(name), directory.resolve(name).resolve(FILE), architecture);
            read.put(name, known);
        }
        return known;
    }

    /** What messages call a recipe's file: the same on every machine, unless somebody said where it is. */
    public String document(String name) {
        return shown + "/" + name + "/" + FILE;
    }

    /** The recipe and all it builds on by {@code from}, bottom first. */
    public List<Recipe> chain(String name) {
        Deque<Recipe> chain = new ArrayDeque<>(List.of(get(name)));
        Set<String> seen = new LinkedHashSet<>(List.of(name));
        Optional<Recipe.Reference> from = chain.getFirst().from();
        while (from.isPresent()) {
            Recipe.Reference next = from.get();
            if (!seen.add(next.name())) {
                throw Problems.failure(
                        next.position(),
                        "recipes build on each other in a circle: " + String.join(" → ", seen) + " → " + next.name());
            }
            if (!names().contains(next.name())) {
                throw Problems.failure(
                        next.position(),
                        "there is no recipe '" + next.name() + "' — " + expected(next.name(), names()));
            }
            chain.addFirst(get(next.name()));
            from = chain.getFirst().from();
        }
        return List.copyOf(chain);
    }

    private static String expected(String name, List<String> names) {
        return Suggestion.closest(name, names)
                        .map(closest -> "did you mean '" + closest + "'?")
                        .orElse("the recipes are " + String.join(", ", names))
                + "; an image of a registry is named with a tag, such as " + name + ":latest";
    }

    private RuntimeException missing(String name, List<String> names) {
        String known = names.isEmpty() ? "there is no recipe" : "the recipes are " + String.join(", ", names);
        return badInput("There is no recipe '" + name + "': tried to find "
                        + directory.resolve(name).resolve(FILE) + ", but " + known)
                .hint(Suggestion.closest(name, names)
                        .map(closest -> "Perhaps you meant '" + closest + "'.")
                        .orElse("Perhaps write it: docs/recipes.md says how."));
    }
}
