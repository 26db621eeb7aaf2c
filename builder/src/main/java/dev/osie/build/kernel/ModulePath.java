package dev.osie.build.kernel;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.tree.TreePath;

/** The path of a module as {@code modules.dep} has it, relative to {@code lib/modules/RELEASE}. */
final class ModulePath {
    static final String PLAIN = ".ko";
    static final String XZ = ".ko.xz";
    private static final String KERNEL = "kernel/";

    private ModulePath() {}

    /**
     * Whether a file is a module.
     *
     * @throws dev.osie.build.failure.BuildException for modules that are compressed otherwise than Debian does
     */
    static boolean isModule(String path) {
        if (path.endsWith(".ko.zst") || path.endsWith(".ko.gz")) {
            throw badInput("the kernel module " + path + " is compressed in a way this program does not read: expected "
                    + PLAIN + " or " + XZ);
        }
        return path.endsWith(PLAIN) || path.endsWith(XZ);
    }

    /** The name modprobe knows the module by: of the file up to its first dot, dashes as underscores. */
    static String name(String path) {
        String file = TreePath.name(path);
        int dot = file.indexOf('.');
        return underscored(dot < 0 ? file : file.substring(0, dot));
    }

    /** The path that the build of the kernel gave the module, before it was compressed. */
    static String uncompressed(String path) {
        return path.endsWith(XZ) ? path.substring(0, path.length() - ".xz".length()) : path;
    }

    /** What a rule's path is compared with. */
    static String stem(String path) {
        String plain = uncompressed(path);
        String stem = plain.endsWith(PLAIN) ? plain.substring(0, plain.length() - PLAIN.length()) : plain;
        return stem.startsWith(KERNEL) ? stem.substring(KERNEL.length()) : stem;
    }

    static String underscored(String name) {
        return name.replace('-', '_');
    }
}
