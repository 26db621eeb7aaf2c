package dev.osie.build.spec;

import dev.osie.build.spec.FileEntry.MetadataFormat;
import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads an entry of {@code files}. */
final class FileReader {
    private static final List<String> KINDS = List.of("contents", "source", "metadata", "directory", "symlink");

    private FileReader() {}

    static Optional<FileEntry> read(YamlNode node, Problems problems) {
        String what = node instanceof YamlNode.Mapping mapping
                        && mapping.get("path").orElse(node) instanceof YamlNode.Scalar path
                ? "file '" + path.text() + "'"
                : "a file";
        Fields fields = Fields.of(node, what, problems);
        Optional<String> path = fields.requiredNode("path").flatMap(value -> path(fields, value.position()));
        OptionalInt mode = fields.mode("mode");
        Optional<Identity> uid = Names.identity(fields, "uid");
        Optional<Identity> gid = Names.identity(fields, "gid");
        Optional<FileEntry.Kind> kind = kind(fields);
        fields.finish();
        if (path.isEmpty() || kind.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new FileEntry(path.get(), kind.get(), mode, uid, gid, node.position()));
    }

    private static Optional<String> path(Fields fields, Position position) {
        Optional<String> text = fields.text("path");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        List<String> parts = new ArrayList<>();
        for (String part : text.get().split("/", -1)) {
            if (part.equals("..") || part.indexOf('\0') >= 0) {
                fields.problems().add(position, "the path '" + text.get() + "' leaves the tree: '..' is not allowed");
                return Optional.empty();
            }
            if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        if (parts.isEmpty()) {
            fields.problems().add(position, "the path of a file is empty");
            return Optional.empty();
        }
        return Optional.of(String.join("/", parts));
    }

    private static Optional<FileEntry.Kind> kind(Fields fields) {
        Optional<String> contents = fields.text("contents");
        Optional<String> source = fields.text("source");
        Optional<MetadataFormat> metadata = fields.choice("metadata", MetadataFormat.values());
        Optional<String> symlink = fields.text("symlink").filter(target -> !target.isEmpty());
        boolean directory = fields.bool("directory").orElse(false);
        boolean optional = fields.bool("optional").orElse(false);
        List<FileEntry.Kind> kinds = new ArrayList<>();
        contents.ifPresent(text -> kinds.add(new FileEntry.Contents(text)));
        source.ifPresent(file -> kinds.add(new FileEntry.Source(
                file, optional, fields.node("source").orElseThrow().position())));
        metadata.ifPresent(format -> kinds.add(new FileEntry.Metadata(format)));
        symlink.ifPresent(target -> kinds.add(new FileEntry.Symlink(target)));
        if (directory) {
            kinds.add(new FileEntry.Directory());
        }
        if (kinds.size() != 1) {
            boolean wrongType = KINDS.stream().anyMatch(key -> fields.node(key).isPresent()) && kinds.isEmpty();
            if (!wrongType && fields.isReadable()) {
                fields.problems()
                        .add(fields.position(), fields.what() + " needs exactly one of " + String.join(", ", KINDS));
            }
            return Optional.empty();
        }
        return Optional.of(kinds.get(0));
    }
}
