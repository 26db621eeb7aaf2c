package dev.osie.build.runtime;

import dev.osie.build.spec.FileEntry;
import dev.osie.build.spec.OsieDocument;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import dev.osie.build.tree.TreeLinks;
import dev.osie.build.tree.TreePath;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Makes a tree of a document's {@code files}, to be laid over the root. Directories above a file keep the mode and owner they have
 * below; new ones get the file's owner, and its mode with the right to enter for whoever has any right, as in LinuxKit.
 */
public final class FilesTree {
    /** What is known about the files and their surroundings. */
    public interface Surroundings {
        /** The node that the root has at a path before these files are laid over it. */
        Optional<Node> below(String path);

        /** The file of the host that a document means. */
        Path locate(FileEntry.Source source);

        /** The composed document as LinuxKit YAML. */
        String metadata();
    }

    private static final int FILE_MODE = 0600;
    private static final int DIRECTORY_MODE = 0700;

    private final Surroundings surroundings;
    private final Identities identities;
    private final Problems problems;
    private final long mtime;
    private final Tree.Builder tree = new Tree.Builder();

    private FilesTree(OsieDocument document, Surroundings surroundings, Problems problems, long mtime) {
        this.surroundings = surroundings;
        this.identities = new Identities(document, problems);
        this.problems = problems;
        this.mtime = mtime;
    }

    /**
     * The files of a document.
     *
     * @param mtime of everything that is made, in seconds since 1970
     * @throws dev.osie.build.failure.BuildException with every problem there is, such as a source that does not exist
     */
    public static Tree of(OsieDocument document, Surroundings surroundings, long mtime) {
        Problems problems = new Problems();
        FilesTree files = new FilesTree(document, surroundings, problems, mtime);
        document.files().forEach(files::add);
        problems.throwIfAny();
        return files.tree.build(mtime);
    }

    private void add(FileEntry entry) {
        boolean directory = entry.kind() instanceof FileEntry.Directory;
        Optional<String> resolved = new TreeLinks(surroundings::below).resolve(entry.path(), directory);
        if (resolved.isEmpty()) {
            problems.add(entry.position(), "the path '" + entry.path() + "' leads through too many symbolic links");
            return;
        }
        String path = resolved.get();
        Optional<Node> existing = surroundings.below(path);
        if (!directory && existing.filter(Node.Directory.class::isInstance).isPresent()) {
            problems.add(entry.position(), "the path '" + entry.path() + "' is a directory of the init images");
            return;
        }
        node(entry, existing).ifPresent(node -> {
            if (addParents(entry, path)) {
                tree.put(path, node);
            }
        });
    }

    private Optional<Node> node(FileEntry entry, Optional<Node> existing) {
        Attributes attributes = attributes(entry, FILE_MODE);
        FileEntry.Kind kind = entry.kind();
        if (kind instanceof FileEntry.Directory) {
            return Optional.of(new Node.Directory(directoryAttributes(entry, existing)));
        }
        if (kind instanceof FileEntry.Symlink link) {
            // Linux shows this mode for every symbolic link.
            return Optional.of(new Node.Symlink(attributes.withMode(0777), link.target()));
        }
        if (kind instanceof FileEntry.Contents contents) {
            return Optional.of(new Node.RegularFile(attributes, Content.of(contents.text())));
        }
        if (kind instanceof FileEntry.Metadata metadata) {
            return Optional.of(new Node.RegularFile(attributes, metadata(metadata.format())));
        }
        FileEntry.Source source = (FileEntry.Source) kind;
        return content(source).map(content -> new Node.RegularFile(attributes, content));
    }

    /** JSON is the same document: the keys and values of the YAML. */
    private Content metadata(FileEntry.MetadataFormat format) {
        String yaml = surroundings.metadata();
        return format == FileEntry.MetadataFormat.YAML
                ? Content.of(yaml)
                : Json.content(Json.of(YamlReader.read("metadata", yaml)));
    }

    private Optional<Content> content(FileEntry.Source source) {
        Path file = surroundings.locate(source);
        try {
            if (Files.isRegularFile(file)) {
                return Optional.of(Content.of(file));
            }
            if (!source.optional() || Files.exists(file)) {
                String found = Files.exists(file) ? "is not a regular file" : "does not exist";
                problems.add(
                        source.position(),
                        "the source '" + source.file() + "' " + found + " (looked for " + file + ")");
            }
        } catch (IOException e) {
            problems.add(source.position(), "the source '" + source.file() + "' cannot be read: " + e.getMessage());
        }
        return Optional.empty();
    }

    private Attributes directoryAttributes(FileEntry entry, Optional<Node> existing) {
        if (!(existing.orElse(null) instanceof Node.Directory below)) {
            return attributes(entry, DIRECTORY_MODE);
        }
        // Only what the entry says in so many words changes a directory that is there already.
        Attributes kept = below.attributes();
        return kept.withMode(entry.mode().orElse(kept.mode()))
                .withOwner(
                        entry.uid().map(identities::number).orElse(kept.uid()),
                        entry.gid().map(identities::number).orElse(kept.gid()));
    }

    private Attributes attributes(FileEntry entry, int defaultMode) {
        return Attributes.root(mode(entry, defaultMode), mtime)
                .withOwner(identities.number(entry.uid()), identities.number(entry.gid()));
    }

    private int mode(FileEntry entry, int defaultMode) {
        int mode = entry.mode().orElse(defaultMode);
        if (mode > 07777) {
            problems.add(entry.position(), "the mode of '" + entry.path() + "' is beyond \"7777\"");
            return defaultMode;
        }
        return mode;
    }

    private boolean addParents(FileEntry entry, String path) {
        for (String parent = TreePath.parent(path); !parent.isEmpty(); parent = TreePath.parent(parent)) {
            Optional<Node> below = surroundings.below(parent);
            if (below.isPresent() && !(below.get() instanceof Node.Directory)) {
                notADirectory(parent, entry.position());
                return false;
            }
            if (!tree.contains(parent)) {
                tree.put(parent, below.orElseGet(() -> new Node.Directory(parentAttributes(entry))));
            }
        }
        return true;
    }

    private void notADirectory(String path, Position position) {
        problems.add(position, "'" + path + "' is not a directory in the init images");
    }

    private Attributes parentAttributes(FileEntry entry) {
        if (entry.kind() instanceof FileEntry.Symlink) {
            // A link has no mode of its own that could say who may reach it.
            return Attributes.root(0755, mtime);
        }
        boolean directory = entry.kind() instanceof FileEntry.Directory;
        int mode = mode(entry, directory ? DIRECTORY_MODE : FILE_MODE) & 0777;
        int enter = (mode | mode >> 1 | mode >> 2) & 0111;
        return attributes(entry, FILE_MODE).withMode(mode | enter);
    }
}
