package dev.osie.build.kernel;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.failure.BuildException;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Scratch;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import dev.osie.build.tree.TreeLinks;
import dev.osie.build.tree.TreePath;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Modules that don't come with the kernel: files, or what a package or an image has below {@code lib/modules/RELEASE}.
 *
 * @param name of the file, package, image or directory, in messages
 * @param digest of what they are read from, which stands for them when results are remembered
 * @param form of the tree
 * @param position where a document names them
 * @param reader unpacks them; the tree lives as long as the scratch directory
 */
public record DriverSource(String name, Digest digest, Form form, Position position, Function<Scratch, Tree> reader) {
    /** How the files lie in the tree. */
    public enum Form {
        /** Every file is a module for whatever kernel there is. */
        MODULES,
        /** The tree is a root, with modules for kernels by their release. */
        ROOT
    }

    private static final List<String> ROOTS = List.of("usr/lib/modules/", "lib/modules/");

    /** The module files by path. */
    SortedMap<String, Node.RegularFile> modules(String release, Scratch scratch) {
        Tree tree = located(() -> reader.apply(scratch));
        SortedMap<String, Node.RegularFile> modules =
                located(() -> form == Form.MODULES ? all(tree) : of(release, tree));
        if (modules.isEmpty()) {
            throw located(badInput(name + " holds no kernel modules: expected "
                    + (form == Form.MODULES
                            ? "files"
                            : "usr/lib/modules/" + release + "/… or lib/modules/" + release + "/…")
                    + " whose names end with .ko or .ko.xz"));
        }
        return modules;
    }

    private static SortedMap<String, Node.RegularFile> all(Tree tree) {
        SortedMap<String, Node.RegularFile> modules = new TreeMap<>();
        tree.nodes().forEach((path, node) -> put(path, Optional.of(node), modules));
        return modules;
    }

    private SortedMap<String, Node.RegularFile> of(String release, Tree tree) {
        SortedMap<String, Node.RegularFile> modules = new TreeMap<>();
        TreeSet<String> others = new TreeSet<>();
        TreeLinks links = new TreeLinks(tree::get);
        for (String root : ROOTS) {
            tree.nodes().tailMap(root).keySet().stream()
                    .takeWhile(path -> path.startsWith(root))
                    .forEach(path -> {
                        String below = path.substring(root.length());
                        if (below.startsWith(release + "/")) {
                            put(path, links.resolve(path, true).flatMap(found -> file(tree, found)), modules);
                        } else if (path.endsWith(ModulePath.PLAIN) || path.endsWith(ModulePath.XZ)) {
                            others.add(below.replaceFirst("/.*", ""));
                        }
                    });
        }
        if (modules.isEmpty() && !others.isEmpty()) {
            throw badInput(name + " holds modules for linux " + String.join(", ", others) + ", and none for linux "
                            + release)
                    .hint("Perhaps there is a build of it for this kernel, or a kernel for it: osie.kernel.use.");
        }
        return modules;
    }

    private static Optional<Node> file(Tree tree, String path) {
        return tree.get(path)
                .flatMap(node -> node instanceof Node.HardLink link ? tree.get(link.target()) : Optional.of(node));
    }

    private static void put(String path, Optional<Node> node, SortedMap<String, Node.RegularFile> modules) {
        if (ModulePath.isModule(path) && node.orElse(null) instanceof Node.RegularFile file) {
            modules.put(PrintableAscii.require(path, "The path of a module"), file);
        }
    }

    /** Where the module of a path goes: modprobe prefers what lies there (depmod.d(5), "search"). */
    static String target(String path) {
        return "updates/" + TreePath.name(path);
    }

    private interface Reading<T> {
        T read();
    }

    private <T> T located(Reading<T> reading) {
        try {
            return reading.read();
        } catch (BuildException e) {
            throw located(e);
        }
    }

    /** The failure, at the place that names the modules. */
    BuildException located(BuildException failure) {
        return failure.kind() == BuildException.Kind.BAD_INPUT
                ? Problems.failure(
                        position,
                        failure.getMessage()
                                + failure.hint().map(hint -> " — " + hint).orElse(""))
                : failure;
    }
}
