package dev.osie.build.spec;

import dev.osie.build.yaml.Position;

/**
 * A user or group as a document names it: a number, {@code root}, or the name of a container of the document, which stands for the
 * number LinuxKit gives that container.
 *
 * @param text decimal digits or a name
 */
public record Identity(String text, Position position) {
    public boolean isNumber() {
        return !text.isEmpty() && text.chars().allMatch(character -> character >= '0' && character <= '9');
    }
}
