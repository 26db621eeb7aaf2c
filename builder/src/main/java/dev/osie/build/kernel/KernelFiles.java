package dev.osie.build.kernel;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The files of one kernel, laid out as {@link KernelTree} says.
 *
 * @param release of the kernel
 * @param image the one that a boot loader starts, where it is asked for
 * @param modules the module files by path below {@code lib/modules/RELEASE}
 * @param deviceTrees by path below {@code usr/lib/linux-image-RELEASE}
 * @param lists {@code modules.order}, {@code modules.builtin} and {@code modules.builtin.modinfo}, as far as they are there
 */
record KernelFiles(
        String release,
        Optional<Node.RegularFile> image,
        NavigableMap<String, Node.RegularFile> modules,
        NavigableMap<String, Node.RegularFile> deviceTrees,
        NavigableMap<String, Node.RegularFile> lists) {
    static final String ORDER = "modules.order";
    static final String BUILTIN = "modules.builtin";
    static final String BUILTIN_MODINFO = "modules.builtin.modinfo";

    private static final Set<String> LISTS = Set.of(ORDER, BUILTIN, BUILTIN_MODINFO);
    static final String VMLINUZ = "boot/vmlinuz-";
    static final String DEVICE_TREES = "usr/lib/linux-image-";
    private static final List<String> ROOTS = List.of("usr/lib/modules/", "lib/modules/");

    /**
     * Finds the kernel.
     *
     * @param origin the package, for messages
     */
    static KernelFiles of(Tree tree, String origin) {
        KernelFiles found = modulesOf(tree, origin);
        Optional<Node.RegularFile> vmlinuz = Stream.concat(
                        Stream.of(VMLINUZ + found.release),
                        ROOTS.stream().map(root -> root + found.release + "/vmlinuz"))
                .map(tree.nodes()::get)
                .filter(Node.RegularFile.class::isInstance)
                .map(Node.RegularFile.class::cast)
                .findFirst();
        if (vmlinuz.isEmpty()) {
            throw badInput("Tried to take a kernel out of " + origin + ", but it has no file " + VMLINUZ
                            + found.release)
                    .hint("Perhaps it is a package without a kernel, such as a metapackage or the kernel's headers.");
        }
        return new KernelFiles(found.release, vmlinuz, found.modules, found.deviceTrees, found.lists);
    }

    /** Finds the modules, whether or not the kernel itself is beside them. */
    static KernelFiles modulesOf(Tree tree, String origin) {
        String release = release(tree, origin);
        NavigableMap<String, Node.RegularFile> modules = new TreeMap<>();
        NavigableMap<String, Node.RegularFile> lists = new TreeMap<>();
        for (String root : ROOTS) {
            String directory = root + release + "/";
            tree.nodes().tailMap(directory).forEach((path, node) -> {
                if (path.startsWith(directory) && node instanceof Node.RegularFile file) {
                    String below = path.substring(directory.length());
                    if (LISTS.contains(below)) {
                        lists.put(below, file);
                    } else if (ModulePath.isModule(below)) {
                        modules.put(PrintableAscii.require(below, "The path of a module in " + origin), file);
                    }
                }
            });
        }
        requireDistinctNames(modules.keySet(), origin);
        return new KernelFiles(release, Optional.empty(), modules, deviceTrees(tree, release), lists);
    }

    /** Boards' device trees and the overlays for them. */
    private static NavigableMap<String, Node.RegularFile> deviceTrees(Tree tree, String release) {
        NavigableMap<String, Node.RegularFile> found = new TreeMap<>();
        List<String> directories = List.of(
                DEVICE_TREES + release + "/", ROOTS.get(0) + release + "/dtb/", ROOTS.get(1) + release + "/dtb/");
        for (String directory : directories) {
            tree.nodes().tailMap(directory).forEach((path, node) -> {
                if (path.startsWith(directory)
                        && (path.endsWith(".dtb") || path.endsWith(".dtbo"))
                        && node instanceof Node.RegularFile file) {
                    found.put(path.substring(directory.length()), file);
                }
            });
        }
        return found;
    }

    private static String release(Tree tree, String origin) {
        Set<String> releases = new TreeSet<>();
        for (String root : ROOTS) {
            tree.nodes().tailMap(root).keySet().stream()
                    .takeWhile(path -> path.startsWith(root))
                    .map(path -> path.substring(root.length()).replaceFirst("/.*", ""))
                    .forEach(releases::add);
        }
        if (releases.isEmpty()) {
            throw badInput("Tried to take a kernel out of " + origin + ", but it holds no kernel modules")
                    .hint("Perhaps it only depends on the package that does.");
        }
        if (releases.size() > 1) {
            throw badInput("Tried to take a kernel out of " + origin + ", but it holds the modules of several: "
                    + String.join(", ", releases));
        }
        return PrintableAscii.require(releases.iterator().next(), "The release of the kernel in " + origin);
    }

    private static void requireDistinctNames(Set<String> paths, String origin) {
        Map<String, String> byName = new HashMap<>();
        for (String path : paths) {
            String other = byName.putIfAbsent(ModulePath.name(path), path);
            if (other != null) {
                throw badInput("Tried to take a kernel out of " + origin + ", but it has two modules of one name: "
                        + other + " and " + path);
            }
        }
    }

    Node.RegularFile vmlinuz() {
        return image.orElseThrow();
    }

    /** A list as bytes; empty when the package doesn't have it. */
    byte[] list(String name) {
        Node.RegularFile file = lists.get(name);
        return file == null ? new byte[0] : bytes(file.content());
    }

    private static byte[] bytes(Content content) {
        try (InputStream in = content.open()) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
