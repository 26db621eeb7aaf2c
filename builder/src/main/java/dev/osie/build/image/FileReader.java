package dev.osie.build.image;

import dev.osie.build.tree.Node;
import dev.osie.build.tree.TreePath;
import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads a recipe's {@code files}. */
final class FileReader {
    private static final Pattern MODE = Pattern.compile("[0-7]{3,4}");
    private static final int LARGEST_MAJOR = (1 << 12) - 1;
    private static final int LARGEST_MINOR = (1 << 20) - 1;
    private static final int LONGEST_TARGET = 4095;
    private static final String KINDS =
            "'source', 'contents', 'directory: true', 'symlink', 'link', 'device', 'fifo: true' and 'existing: true'";

    /** The keys of {@link #KINDS} that have more of a value than true. */
    private static final List<String> OF_VALUE = List.of("source", "contents", "symlink", "link", "device");

    private final ValueReader values;
    private final Problems problems;

    FileReader(ValueReader values) {
        this.values = values;
        this.problems = values.problems();
    }

    /** The entries for the architecture at hand. */
    List<RecipeFile> read(Fields recipe) {
        List<RecipeFile> files = recipe.items("files", this::file);
        Map<String, RecipeFile> byPath = new HashMap<>();
        for (RecipeFile file : files) {
            RecipeFile other = byPath.putIfAbsent(file.path(), file);
            if (other != null && !file.path().isEmpty()) {
                problems.add(
                        file.position(),
                        () -> "'files' names " + file.path() + " twice: line "
                                + other.position().line() + " has it too");
            }
        }
        files.forEach(file -> checkParents(file, byPath));
        return files;
    }

    private void checkParents(RecipeFile file, Map<String, RecipeFile> byPath) {
        for (String parent = TreePath.parent(file.path()); !parent.isEmpty(); parent = TreePath.parent(parent)) {
            RecipeFile above = byPath.get(parent);
            if (above != null
                    && !(above.kind() instanceof RecipeFile.Directory
                            || above.kind() instanceof RecipeFile.Copied
                            || above.kind() instanceof RecipeFile.Existing)) {
                problems.add(
                        file.position(),
                        () -> "'" + file.path() + "' lies below '" + above.path() + "', which is not a directory (line "
                                + above.position().line() + ")");
                return;
            }
        }
    }

    private Optional<RecipeFile> file(YamlNode node) {
        String named = node instanceof YamlNode.Mapping mapping
                ? mapping.get("path")
                        .filter(YamlNode.Scalar.class::isInstance)
                        .map(path -> " '" + ((YamlNode.Scalar) path).text() + "'")
                        .orElse("")
                : "";
        Fields fields = Fields.of(node, "file" + named, problems);
        String text = fields.requiredText("path");
        String path = fields.node("path").isPresent() ? values.path(fields, "path", text) : "";
        List<RecipeFile.Kind> kinds = kinds(fields, path);
        RecipeFile.Permissions permissions = new RecipeFile.Permissions(
                mode(fields),
                values.owner(fields, "uid"),
                values.owner(fields, "gid"),
                FileCapabilities.read(fields, "capabilities", problems));
        boolean counts = values.counts(fields);
        fields.finish();
        if (kinds.size() != 1) {
            boolean reported = kinds.isEmpty()
                    && OF_VALUE.stream().anyMatch(key -> fields.node(key).isPresent());
            if (!reported) {
                problems.add(fields.position(), fields.what() + " needs exactly one of " + KINDS);
            }
            return Optional.empty();
        }
        checkPermissions(fields, kinds.get(0), permissions);
        return counts
                ? Optional.of(new RecipeFile(path, kinds.get(0), permissions, fields.position()))
                : Optional.empty();
    }

    private List<RecipeFile.Kind> kinds(Fields fields, String path) {
        List<RecipeFile.Kind> kinds = new ArrayList<>();
        fields.text("source")
                .map(source -> new RecipeFile.Copied(
                        values.relative(fields, "source", source), ValueReader.at(fields, "source")))
                .ifPresent(kinds::add);
        fields.text("contents").map(RecipeFile.Text::new).ifPresent(kinds::add);
        fields.bool("directory").filter(set -> set).ifPresent(set -> kinds.add(new RecipeFile.Directory()));
        fields.text("symlink").map(target -> symlink(fields, path, target)).ifPresent(kinds::add);
        fields.text("link")
                .map(target ->
                        new RecipeFile.HardLink(values.path(fields, "link", target), ValueReader.at(fields, "link")))
                .ifPresent(kinds::add);
        fields.fields("device").map(this::device).ifPresent(kinds::add);
        fields.bool("fifo").filter(set -> set).ifPresent(set -> kinds.add(new RecipeFile.Fifo()));
        fields.bool("existing").filter(set -> set).ifPresent(set -> kinds.add(new RecipeFile.Existing()));
        return kinds;
    }

    private RecipeFile.Kind symlink(Fields fields, String path, String target) {
        linkDefect(path, target).ifPresent(defect -> fields.problem("symlink", defect));
        return new RecipeFile.Symlink(target);
    }

    /** What is wrong with where a symbolic link leads. */
    static Optional<String> linkDefect(String path, String target) {
        if (target.isEmpty()
                || target.length() > LONGEST_TARGET
                || target.chars().anyMatch(Character::isISOControl)) {
            return Optional.of("must be the path that the link leads to, of at most " + LONGEST_TARGET + " characters");
        }
        int depth = target.startsWith("/") ? 0 : path.split("/").length - 1;
        for (String part : target.split("/")) {
            depth += part.equals("..") ? -1 : part.isEmpty() || part.equals(".") ? 0 : 1;
            if (depth < 0) {
                return Optional.of("leads out of the image: from '/" + path + "', '" + target
                        + "' has more '..' than there are directories");
            }
        }
        return Optional.empty();
    }

    private RecipeFile.Kind device(Fields fields) {
        fields.requiredNode("type");
        String type = fields.text("type").orElse("c");
        if (!type.equals("c") && !type.equals("b")) {
            fields.problem("type", "must be c (character) or b (block), not '" + type + "'");
        }
        Node.Device.Kind kind = type.equals("b") ? Node.Device.Kind.BLOCK : Node.Device.Kind.CHARACTER;
        RecipeFile.Kind device = new RecipeFile.Device(
                kind, values.number(fields, "major", LARGEST_MAJOR), values.number(fields, "minor", LARGEST_MINOR));
        fields.finish();
        return device;
    }

    private Optional<Integer> mode(Fields fields) {
        return fields.text("mode").flatMap(text -> {
            if (MODE.matcher(text).matches()) {
                return Optional.of(Integer.parseInt(text, 8));
            }
            problems.add(
                    ValueReader.at(fields, "mode"),
                    () -> "'" + text + "' is not a mode: expected octal digits, such as \"0644\"");
            return Optional.empty();
        });
    }

    private void checkPermissions(Fields fields, RecipeFile.Kind kind, RecipeFile.Permissions permissions) {
        if (kind instanceof RecipeFile.HardLink && !permissions.isEmpty()) {
            problems.add(
                    fields.position(),
                    fields.what() + " is a further name of a file, so its mode, owner and capabilities are that file's:"
                            + " set them there");
        }
        if (kind instanceof RecipeFile.Symlink && permissions.mode().isPresent()) {
            fields.problem("mode", "has no effect: a symbolic link has the mode 0777");
        }
        if (kind instanceof RecipeFile.Existing && permissions.isEmpty()) {
            problems.add(
                    fields.position(),
                    fields.what() + " changes nothing: 'existing' wants a 'mode', 'uid', 'gid' or 'capabilities'");
        }
        boolean file = kind instanceof RecipeFile.Copied
                || kind instanceof RecipeFile.Text
                || kind instanceof RecipeFile.Existing;
        if (permissions.capabilities().isPresent() && !file) {
            fields.problem("capabilities", "has no effect: only a regular file has capabilities");
        }
    }
}
