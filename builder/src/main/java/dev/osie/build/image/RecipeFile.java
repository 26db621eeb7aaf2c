package dev.osie.build.image;

import java.util.Optional;

/** An entry of a recipe's {@code files}. */
public sealed interface RecipeFile {
    /** Where it lies in the image, as {@link dev.osie.build.tree.TreePath#of} makes it. */
    String path();

    /** A file or directory beside image.yaml; a directory is copied with all below it. */
    record Copied(String path, String source, Permissions permissions) implements RecipeFile {}

    /** A file whose text stands in the recipe. */
    record Text(String path, String contents, Permissions permissions) implements RecipeFile {}

    /** A directory. */
    record Directory(String path, Permissions permissions) implements RecipeFile {}

    /** A symbolic link. */
    record Symlink(String path, String target) implements RecipeFile {}

    /**
     * Who may do what with a file.
     *
     * @param mode permission bits; unless it is set, a directory or a file that begins with {@code #!} gets 0755 and any other file 0644,
     *     whatever the host's file system says
     * @param uid numeric owner
     * @param gid numeric group
     */
    record Permissions(Optional<Integer> mode, long uid, long gid) {}
}
