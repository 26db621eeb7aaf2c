package dev.osie.build.image;

import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import dev.osie.build.spec.ArchitectureCondition;
import dev.osie.build.spec.Identity;
import dev.osie.build.tree.TreePath;
import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Reads the values that several parts of a recipe have: paths, names, numbers, and for which architectures an entry counts. */
final class ValueReader {
    /** Debian policy, section 5.6.1. */
    static final Pattern PACKAGE = Pattern.compile("[a-z0-9][a-z0-9+.-]{1,127}");

    static final Pattern ACCOUNT = Pattern.compile("[a-z_][a-z0-9_-]{0,31}");

    private static final long MAX_ID = 0xffff_fffeL;
    /** As Linux has them: PATH_MAX with the NUL at its end, NAME_MAX. */
    private static final int MAX_PATH = 4095;

    private static final int MAX_NAME = 255;
    private static final String WHITEOUT = ".wh.";

    private final Problems problems;
    private final Architecture architecture;

    ValueReader(Problems problems, Architecture architecture) {
        this.problems = problems;
        this.architecture = architecture;
    }

    Problems problems() {
        return problems;
    }

    /** Whether an entry is for the architecture at hand: {@code arch: [aarch64]}, as for the pieces of a flavor. */
    boolean counts(Fields entry) {
        return entry.node("arch")
                .map(node -> ArchitectureCondition.read(node, "'arch' of " + entry.what(), problems))
                .orElse(ArchitectureCondition.ALWAYS)
                .holds(architecture);
    }

    static Position at(Fields fields, String key) {
        return fields.node(key).map(YamlNode::position).orElse(fields.position());
    }

    Optional<String> matching(Fields fields, String key, Pattern pattern, String what) {
        Optional<String> text = fields.text(key);
        text.ifPresent(value -> check(at(fields, key), pattern, what, value));
        return text;
    }

    boolean check(Position position, Pattern pattern, String what, String value) {
        boolean right = pattern.matcher(value).matches();
        if (!right) {
            problems.add(position, () -> "'" + value + "' is not " + what);
        }
        return right;
    }

    /** A user or group: a number, or the name of an account of the image. */
    Optional<Identity> owner(Fields fields, String key) {
        return fields.node(key).flatMap(node -> {
            if (node instanceof YamlNode.Scalar scalar) {
                OptionalLong number = scalar.integer();
                if (number.isPresent()) {
                    return Optional.of(
                            new Identity(Long.toString(checked(fields, key, number.getAsLong())), node.position()));
                }
                boolean text = scalar.type() == YamlNode.Scalar.Type.TEXT;
                if (text && isDigits(scalar.text()) && scalar.text().length() <= 10) {
                    return Optional.of(new Identity(
                            Long.toString(checked(fields, key, Long.parseLong(scalar.text()))), node.position()));
                }
                if (text && ACCOUNT.matcher(scalar.text()).matches()) {
                    return Optional.of(new Identity(scalar.text(), node.position()));
                }
            }
            problems.add(
                    node.position(),
                    () -> "'" + key + "' of " + fields.what() + " must be a number or the name of a "
                            + (key.equals("gid") ? "group" : "user") + " of the image, not " + node.describe());
            return Optional.empty();
        });
    }

    private static boolean isDigits(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    OptionalLong id(Fields fields, String key) {
        OptionalLong id = fields.integer(key);
        return id.isPresent() ? OptionalLong.of(checked(fields, key, id.getAsLong())) : id;
    }

    private long checked(Fields fields, String key, long id) {
        if (id < 0 || id > MAX_ID) {
            problems.add(at(fields, key), "'" + key + "' of " + fields.what() + " must be between 0 and " + MAX_ID);
            return 0;
        }
        return id;
    }

    /** A number that must be there, from 0 to a limit. */
    int number(Fields fields, String key, int most) {
        if (fields.requiredNode(key).isEmpty()) {
            return 0;
        }
        long number = fields.integer(key).orElse(0);
        if (number < 0 || number > most) {
            problems.add(at(fields, key), "'" + key + "' of " + fields.what() + " must be between 0 and " + most);
            return 0;
        }
        return (int) number;
    }

    /** Names of accounts, each with its place. */
    List<Identity> accounts(Fields fields, String key) {
        return fields.textItems(
                key,
                (name, position) -> check(position, ACCOUNT, "the name of a user", name)
                        ? Optional.of(new Identity(name, position))
                        : Optional.empty());
    }

    /** Text for one field of etc/passwd, which neither the separator nor the end of the line may break. */
    Optional<String> accountField(Fields fields, String key) {
        Optional<String> text = fields.text(key);
        if (text.isPresent() && text.get().chars().anyMatch(c -> c == ':' || Character.isISOControl(c))) {
            problems.add(at(fields, key), "'" + key + "' must contain neither ':' nor control characters");
        }
        return text;
    }

    /** Paths of files of the host, or patterns of them, below a directory. */
    String relative(Fields fields, String key, String text) {
        if (text.startsWith("/")) {
            problems.add(at(fields, key), () -> "'" + key + "' must be relative, not '" + text + "'");
        }
        return path(fields, key, text);
    }

    /** A path inside the image. */
    String path(Fields fields, String key, String text) {
        return path(at(fields, key), "'" + key + "'", text);
    }

    String path(Position position, String what, String text) {
        try {
            String path = TreePath.of(text);
            Optional<String> defect = path.isEmpty() ? Optional.of("must name a path") : defect(path);
            defect.ifPresent(found -> problems.add(position, () -> what + " " + found));
            return defect.isPresent() ? "" : path;
        } catch (BuildException e) {
            problems.add(position, e.getMessage());
            return "";
        }
    }

    /** What no file of an image can be called. */
    static Optional<String> defect(String path) {
        if (path.chars().anyMatch(Character::isISOControl)) {
            return Optional.of("must not contain control characters");
        }
        if (path.getBytes(StandardCharsets.UTF_8).length > MAX_PATH) {
            return Optional.of("must have at most " + MAX_PATH + " bytes");
        }
        for (String name : path.split("/")) {
            if (name.startsWith(WHITEOUT)) {
                return Optional.of("must have no name that begins with " + WHITEOUT
                        + ": in a layer it stands for the removal of a file");
            }
            if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME) {
                return Optional.of("must have no name of more than " + MAX_NAME + " bytes");
            }
        }
        return Optional.empty();
    }
}
