package dev.osie.build.assemble;

import dev.osie.build.oci.registry.RegistrySettings;
import dev.osie.build.platform.Architecture;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Which images of recipes to make, without a document that uses them.
 *
 * @param recipes their names
 * @param lock the lock file of all of them; by default each has its {@code osie.lock} beside its recipe
 * @param debian where packages come from
 * @param registries where images that recipes build on come from
 * @param offline the command that brings what is missing, as in {@link BuildRequest}
 * @param latestMtime nothing in the images is newer than this, in seconds since 1970; by default the date of the lock
 */
public record RecipeRequest(
        Project project,
        List<String> recipes,
        Architecture architecture,
        Optional<Path> lock,
        DebianPlaces debian,
        RegistrySettings registries,
        Optional<Long> latestMtime,
        Optional<String> offline) {
    public RecipeRequest {
        recipes = List.copyOf(recipes);
    }

    /** Recipes that a build of a document needs beside its own: from the same places, each with its own lock. */
    static RecipeRequest of(BuildRequest request, List<String> recipes, Architecture architecture) {
        return new RecipeRequest(
                request.project(),
                recipes,
                architecture,
                Optional.empty(),
                request.debian(),
                request.registries(),
                Optional.empty(),
                request.offline());
    }
}
