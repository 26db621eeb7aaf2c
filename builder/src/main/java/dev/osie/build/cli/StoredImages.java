package dev.osie.build.cli;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.failure.BuildException;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Reference;
import dev.osie.build.platform.Architecture;
import dev.osie.build.yaml.Suggestion;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Images of the store as users name them: in full, or by recipe.
 *
 * @param architectures of images that are named without one
 */
record StoredImages(Layout layout, List<Architecture> architectures) {
    private static final String RECIPES = "osie-build/";

    /** The images of a name: one, or one for each architecture. */
    List<Image> find(String name) {
        Reference reference = Reference.parse(name);
        if (reference.digest().isPresent()) {
            if (!layout.holds(reference.digest().get())) {
                throw absent(name);
            }
            return List.of(layout.read(reference, reference.digest().get()));
        }
        if (reference.tag().isPresent()) {
            return List.of(Stream.of(name, RECIPES + name)
                    .flatMap(candidate -> layout.find(Reference.parse(candidate)).stream())
                    .findFirst()
                    .orElseThrow(() -> absent(name)));
        }
        return architectures.stream()
                .map(architecture -> find(name, architecture).orElseThrow(() -> absent(name, architecture)))
                .toList();
    }

    private Optional<Image> find(String name, Architecture architecture) {
        return Stream.of(RECIPES + name, name)
                .flatMap(candidate -> layout.find(Reference.parse(candidate + ":" + architecture)).stream())
                .findFirst();
    }

    private BuildException absent(String name, Architecture architecture) {
        for (Architecture other : Architecture.values()) {
            if (find(name, other).isPresent()) {
                return badInput("The store has the image '" + name + "' for " + other + ", and not for " + architecture
                                + ".")
                        .hint("Perhaps build it first, with --arch " + architecture + ".");
            }
        }
        return absent(name);
    }

    private BuildException absent(String name) {
        Set<String> names = new TreeSet<>(layout.names());
        for (String full : layout.names()) {
            if (full.startsWith(RECIPES)) {
                names.add(full.substring(RECIPES.length()).replaceFirst(":.*", ""));
            }
        }
        return badInput("The store has no image '" + name + "'.")
                .hint(Suggestion.closest(name, names)
                        .map(known -> "Did you mean '" + known + "'?")
                        .orElse("Perhaps build a flavor first that has it."));
    }
}
