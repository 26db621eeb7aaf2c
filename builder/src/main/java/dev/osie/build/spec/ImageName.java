package dev.osie.build.spec;

import dev.osie.build.yaml.Position;
import java.util.Optional;

/**
 * An image as a document names it: an OCI reference, {@code @image:NAME} for the recipe {@code images/NAME}, or
 * {@code @pkg:DIR} for a package of LinuxKit's own format.
 *
 * @param text as it stands in the document
 * @param position where it stands
 */
public record ImageName(String text, Position position) {
    static final String RECIPE = "@image:";
    static final String PACKAGE = "@pkg:";

    /** The name of the recipe, when this names one. */
    public Optional<String> recipe() {
        return text.startsWith(RECIPE) ? Optional.of(text.substring(RECIPE.length())) : Optional.empty();
    }

    /** The directory of the LinuxKit package, relative to the document, when this names one. */
    public Optional<String> linuxKitPackage() {
        return text.startsWith(PACKAGE) ? Optional.of(text.substring(PACKAGE.length())) : Optional.empty();
    }
}
