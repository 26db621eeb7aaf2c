package dev.osie.build.tree;

/** An entry of a tree. */
public sealed interface Node {
    /** A directory. */
    record Directory(Attributes attributes) implements Node {}

    /** A regular file. */
    record RegularFile(Attributes attributes, Content content) implements Node {}

    /**
     * A further name of a regular file of the same tree.
     *
     * @param target path of a {@link RegularFile}
     */
    record HardLink(String target) implements Node {}

    /**
     * A symbolic link.
     *
     * @param target the text of the link, as it stands
     */
    record Symlink(Attributes attributes, String target) implements Node {}

    /** A character or block device. */
    record Device(Attributes attributes, Kind kind, int major, int minor) implements Node {
        /** The two kinds of device. */
        public enum Kind {
            CHARACTER,
            BLOCK
        }
    }

    /** A named pipe. */
    record Fifo(Attributes attributes) implements Node {}
}
