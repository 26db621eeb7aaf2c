package dev.osie.build.tree;

import static dev.osie.build.failure.BuildException.badInput;

import java.util.ArrayList;
import java.util.List;

/** Paths inside a tree: components joined by {@code /}, without a leading or trailing slash, {@code .}, {@code ..} or NUL. */
public final class TreePath {
    private TreePath() {}

    /**
     * Brings a path as archives and documents spell it ({@code /etc/x}, {@code ./etc/x}, {@code etc//x/}) into the form of this tree.
     *
     * @throws dev.osie.build.failure.BuildException when the path leaves the tree or contains NUL
     */
    public static String of(String spelled) {
        List<String> parts = new ArrayList<>();
        for (String part : spelled.split("/", -1)) {
            if (part.equals("..")) {
                throw badInput("the path '" + spelled + "' leaves the tree: '..' is not allowed");
            }
            if (part.indexOf('\0') >= 0) {
                throw badInput("the path '" + spelled.replace('\0', '?') + "' contains a NUL character");
            }
            if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        return String.join("/", parts);
    }

    /** The path of the directory that holds it; empty for an entry of the root. */
    public static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    /** The last component. */
    public static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** The path below a directory; an empty directory or path stands for the root. */
    public static String join(String directory, String path) {
        if (directory.isEmpty() || path.isEmpty()) {
            return directory + path;
        }
        return directory + "/" + path;
    }
}
