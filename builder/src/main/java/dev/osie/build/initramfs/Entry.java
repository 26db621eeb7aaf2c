package dev.osie.build.initramfs;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.store.Digest;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import dev.osie.build.tree.TreePath;
import java.util.Collections;
import java.util.Optional;

/**
 * What a segment holds at a path, for manifests and for finding out which units meet at a path.
 *
 * @param path as the kernel unpacks it; empty for the root
 * @param kind of entry, with what only that kind has
 * @param attributes as in the unit's tree, with the extended attributes, which a cpio archive cannot carry
 */
public record Entry(String path, Kind kind, Attributes attributes) {
    /**
     * What a tree has at a path, shown at another.
     *
     * @param path in the tree; a hard link's entry is that of its file
     */
    static Entry of(Tree tree, String path, String placed) {
        Node node = tree.nodes().get(path);
        if (node instanceof Node.Directory directory) {
            return new Entry(placed, new Directory(tree.isImplied(path)), directory.attributes());
        } else if (node instanceof Node.RegularFile file) {
            long size = file.content().size();
            return new Entry(placed, new RegularFile(size, Optional.empty(), 0), file.attributes());
        } else if (node instanceof Node.HardLink link) {
            return of(tree, link.target(), placed);
        } else if (node instanceof Node.Symlink link) {
            return new Entry(placed, new Symlink(link.target()), link.attributes());
        } else if (node instanceof Node.Device device) {
            boolean block = device.kind() == Node.Device.Kind.BLOCK;
            return new Entry(placed, new Device(block, device.major(), device.minor()), device.attributes());
        }
        return new Entry(placed, new Fifo(), ((Node.Fifo) node).attributes());
    }

    /** An entry of an archive from elsewhere. Its content is not looked at, nor its other names. */
    static Entry of(NewcHeader header) {
        Attributes attributes = new Attributes(
                header.mode() & 07777, header.uid(), header.gid(), header.mtime(), Collections.emptySortedMap());
        String path = TreePath.of(header.name());
        return switch (header.mode() & NewcHeader.TYPE_BITS) {
            case NewcHeader.DIRECTORY -> new Entry(path, new Directory(false), attributes);
            case NewcHeader.REGULAR_FILE ->
                new Entry(path, new RegularFile(header.size(), Optional.empty(), header.inode()), attributes);
            default -> throw badInput("'" + header.name() + "' is neither a directory nor a regular file");
        };
    }

    Entry withMtime(long mtime) {
        return new Entry(path, kind, attributes.withMtime(mtime));
    }

    /** The same with an inode number, if it is a file. */
    Entry withInode(long inode) {
        return kind instanceof RegularFile file
                ? new Entry(path, new RegularFile(file.size(), file.content(), inode), attributes)
                : this;
    }

    /** The same with the digest of its content, if it is a file. */
    Entry withContent(Digest digest) {
        return kind instanceof RegularFile file
                ? new Entry(path, new RegularFile(file.size(), Optional.of(digest), file.inode()), attributes)
                : this;
    }

    /** Whether the entry had extended attributes: they are not in the initramfs. */
    public boolean losesXattrs() {
        return !attributes.xattrs().isEmpty();
    }

    /** The kinds of entry. */
    public sealed interface Kind {}

    /**
     * A directory.
     *
     * @param implied whether it is there only because it holds something, so that another unit's word on mode and owner counts
     */
    public record Directory(boolean implied) implements Kind {}

    /**
     * A regular file.
     *
     * @param size in bytes
     * @param content digest of the content; empty where the content has not been read yet
     * @param inode the number that all names of the file have in common, and no other file of the segment has
     */
    public record RegularFile(long size, Optional<Digest> content, long inode) implements Kind {}

    /** A symbolic link. */
    public record Symlink(String target) implements Kind {}

    /** A character or block device. */
    public record Device(boolean block, int major, int minor) implements Kind {}

    /** A named pipe. */
    public record Fifo() implements Kind {}
}
