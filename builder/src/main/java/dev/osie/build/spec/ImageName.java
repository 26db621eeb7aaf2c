package dev.osie.build.spec;

import dev.osie.build.yaml.Position;
import java.util.Optional;

/**
 * An image as a document names it: an OCI reference, or {@code @image:NAME} for the recipe {@code images/NAME}.
 *
 * @param text as it stands in the document
 * @param position where it stands
 */
public record ImageName(String text, Position position) {
    static final String RECIPE = "@image:";

    /** The name of the recipe, when this names one. */
    public Optional<String> recipe() {
        return text.startsWith(RECIPE) ? Optional.of(text.substring(RECIPE.length())) : Optional.empty();
    }
}
