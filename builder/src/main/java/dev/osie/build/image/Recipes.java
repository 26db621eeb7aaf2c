package dev.osie.build.image;

import static dev.osie.build.failure.BuildException.badInput;

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
import java.util.Set;
import java.util.stream.Stream;

/** The recipes of a directory: every {@code NAME/image.yaml} in it. */
public final class Recipes {
    private static final String FILE = "image.yaml";

    private final Path directory;
    private final Map<String, Recipe> read = new HashMap<>();

    private Recipes(Path directory) {
        this.directory = directory;
    }

    /** The recipes in a directory, which need not exist when none is asked for. */
    public static Recipes in(Path directory) {
        return new Recipes(directory);
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
            known = RecipeReader.read(directory.resolve(name).resolve(FILE));
            read.put(name, known);
        }
        return known;
    }

    /** The recipe and all it builds on by {@code from}, bottom first. */
    public List<Recipe> chain(String name) {
        Deque<Recipe> chain = new ArrayDeque<>();
        Set<String> seen = new LinkedHashSet<>();
        for (String next = name; next != null; next = chain.getFirst().from().orElse(null)) {
            if (!seen.add(next)) {
                throw badInput("The recipes " + String.join(", ", seen) + " build on each other in a circle ('from')");
            }
            chain.addFirst(get(next));
        }
        return List.copyOf(chain);
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
