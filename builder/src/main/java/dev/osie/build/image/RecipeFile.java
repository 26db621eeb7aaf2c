package dev.osie.build.image;

import dev.osie.build.spec.Identity;
import dev.osie.build.tree.Node;
import dev.osie.build.yaml.Position;
import java.util.Optional;

/**
 * An entry of a recipe's {@code files}.
 *
 * @param path where it lies in the image, as {@link dev.osie.build.tree.TreePath#of} makes it
 * @param kind what lies there
 * @param permissions who may do what with it
 * @param position where the recipe names it
 */
public record RecipeFile(String path, Kind kind, Permissions permissions, Position position) {
    /** What lies at a path. */
    public sealed interface Kind {}

    /** A file or directory beside image.yaml; a directory is copied with all below it. */
    public record Copied(String source, Position position) implements Kind {}

    /** A file whose text stands in the recipe. */
    public record Text(String contents) implements Kind {}

    /** A directory. */
    public record Directory() implements Kind {}

    /** A symbolic link. */
    public record Symlink(String target) implements Kind {}

    /** A further name of a file of the image. */
    public record HardLink(String target, Position position) implements Kind {}

    /** A device node. */
    public record Device(Node.Device.Kind kind, int major, int minor) implements Kind {}

    /** A named pipe. */
    public record Fifo() implements Kind {}

    /** The file or directory that a package or {@code from} has there, with other permissions. */
    public record Existing() implements Kind {}

    /**
     * Who may do what with a file.
     *
     * @param mode permission bits; unless it is set, a directory or a file that begins with {@code #!} gets 0755, a device or pipe 0600 and
     *     any other file 0644, whatever the host's file system says
     * @param uid owner; root unless it is set
     * @param gid group; root's unless it is set
     * @param capabilities what the file gives to the processes that execute it
     */
    public record Permissions(
            Optional<Integer> mode,
            Optional<Identity> uid,
            Optional<Identity> gid,
            Optional<FileCapabilities> capabilities) {
        boolean isEmpty() {
            return mode.isEmpty() && uid.isEmpty() && gid.isEmpty() && capabilities.isEmpty();
        }
    }
}
