package dev.osie.build.spec;

import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.YamlNode;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Reads names that become directories, container ids or users, and the names of images. */
final class Names {
    /** What containerd takes as an identifier, which is also safe as the name of a directory. */
    private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,75}");

    private static final Pattern VOLUME = Pattern.compile("[a-z0-9_-]{1,76}");

    private Names() {}

    /** The value of a key as a safe name; a problem and the empty string if it is none. */
    static String safe(Fields fields, String key) {
        return named(fields, key, SAFE, "letters, digits, '.', '_' and '-', beginning with a letter or digit");
    }

    static String volume(Fields fields) {
        return named(fields, "name", VOLUME, "lower-case letters, digits, '_' and '-'");
    }

    private static String named(Fields fields, String key, Pattern pattern, String expected) {
        Optional<String> name = fields.requiredNode(key).flatMap(value -> fields.text(key));
        Optional<String> safe = name.filter(text -> pattern.matcher(text).matches());
        if (name.isPresent() && safe.isEmpty()) {
            Position position = fields.node(key).map(YamlNode::position).orElse(fields.position());
            fields.problems()
                    .add(
                            position,
                            "'" + key + "' of " + fields.what() + " must consist of " + expected
                                    + " (76 at most), not '" + name.get() + "'");
        }
        return safe.orElse("");
    }

    static Optional<ImageName> image(Fields fields, String key) {
        return fields.node(key)
                .flatMap(value -> fields.text(key).flatMap(text -> image(fields, text, value.position())));
    }

    static Optional<ImageName> image(Fields fields, String text, Position position) {
        ImageName image = new ImageName(text, position);
        boolean badRecipe =
                image.recipe().filter(name -> !SAFE.matcher(name).matches()).isPresent();
        boolean badPackage = image.linuxKitPackage().filter(String::isEmpty).isPresent();
        boolean unknownTemplate = text.startsWith("@")
                && image.recipe().isEmpty()
                && image.linuxKitPackage().isEmpty();
        boolean unsafe = text.isBlank() || text.chars().anyMatch(character -> character <= ' ');
        if (badRecipe || badPackage || unknownTemplate || unsafe) {
            fields.problems()
                    .add(
                            position,
                            "'" + text + "' is not the name of an image: expected a reference such as "
                                    + "docker.io/library/redis:7, @image:NAME for the recipe images/NAME, "
                                    + "or @pkg:DIR for a LinuxKit package");
            return Optional.empty();
        }
        return Optional.of(image);
    }

    /** A user or group: a whole number or a name. */
    static Optional<Identity> identity(Fields fields, String key) {
        return fields.node(key).flatMap(value -> identity(fields, key, value));
    }

    static Optional<Identity> identity(Fields fields, String key, YamlNode value) {
        if (value instanceof YamlNode.Scalar scalar) {
            OptionalLong number = scalar.integer();
            String text = number.isPresent() ? Long.toString(number.getAsLong()) : scalar.text();
            Identity identity = new Identity(text, scalar.position());
            boolean name = scalar.isText() && !identity.isNumber();
            if (name || identity.isNumber() && isId(text)) {
                return Optional.of(identity);
            }
        }
        fields.problems()
                .add(
                        value.position(),
                        "'" + key + "' of " + fields.what()
                                + " must be a whole number from 0 to 4294967294 or the name of a container, not "
                                + value.describe());
        return Optional.empty();
    }

    /** Beyond 2^32-2 the kernel has no ids: 2^32-1 means "unchanged" to it. */
    private static boolean isId(String digits) {
        return digits.length() <= 10 && Long.parseLong(digits) < 0xffff_ffffL;
    }
}
