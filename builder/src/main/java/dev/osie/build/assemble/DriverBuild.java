package dev.osie.build.assemble;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.DebReader;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Scratch;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import dev.osie.build.toolchain.Command;
import dev.osie.build.toolchain.CrossCompiler;
import dev.osie.build.toolchain.Logged;
import dev.osie.build.toolchain.Toolchain;
import dev.osie.build.toolchain.Workspace;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import dev.osie.build.tree.TreePath;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Builds modules from their source against Debian's headers of a kernel (kernel documentation, "Building External Modules"). The result
 * is remembered under the digests of source, headers and compilers, and depends on nothing else.
 *
 * @param architecture of the kernel
 * @param headers the packages of its headers and of kbuild
 */
record DriverBuild(Architecture architecture, List<BinaryPackage> headers, Toolchain toolchain) {
    private static final int VERSION = 1;
    private static final String SOURCE = "source/";
    private static final String HEADERS = "headers/";
    private static final String MODULES = "modules";

    /**
     * Paths of the workspace must not get into the modules, and their debug information stays behind, as 20 parts of 21 are that. It would
     * name types of the kernel by BTF if pahole were there.
     */
    private static final String SCRIPT = """
            kbuild() {
                make -C "$PWD/headers/usr/src/$HEADERS" M="$PWD/source" CC="${PREFIX}gcc" DEB_BUILD_ARCH="$DEB_ARCH" \\
                    KCFLAGS="-ffile-prefix-map=$PWD/source/= -ffile-prefix-map=$PWD/headers=" CONFIG_DEBUG_INFO_BTF_MODULES= "$@"
            }
            kbuild clean
            kbuild -j"$(nproc)" modules
            mkdir modules
            find source -name '*.ko' -type f >list
            while read -r module; do
                ! [ -e "modules/${module##*/}" ] || { echo "error: there are two modules ${module##*/}"; exit 1; }
                "${PREFIX}strip" --strip-debug -o "modules/${module##*/}" "$module"
            done <list
            """;

    DriverBuild {
        headers = List.copyOf(headers);
    }

    /** What stands for the modules that become of a source. */
    Digest identity(Blob source) {
        return Digest.ofText(
                VERSION + " " + architecture + " " + source.digest() + " " + digests() + " " + toolchain.identity());
    }

    private List<Digest> digests() {
        return headers.stream().map(deb -> deb.deb().digest()).toList();
    }

    /**
     * Builds the modules, unless they were built before. The packages of headers have to be in the store.
     *
     * @param name of the source, in messages
     * @param source tar archive of it
     * @throws dev.osie.build.failure.BuildException when the compiler has objections, or isn't there
     */
    Tree modules(String name, Blob source, Store store, Progress progress) {
        StepKey key = StepKey.of("driver", VERSION).with("identity", identity(source));
        Blob made = store.recall(key).map(Digest::parse).flatMap(store::find).orElseGet(() -> {
            Blob built = build(name, source, store, progress);
            store.remember(key, built.digest().toString());
            return built;
        });
        return TarLayer.read(store, made.digest()).tree();
    }

    private Blob build(String name, Blob source, Store store, Progress progress) {
        if (architecture != CrossCompiler.host()) {
            throw badInput("Modules for " + architecture + " cannot be built from source on " + CrossCompiler.host()
                            + ": Debian's headers hold programs for " + architecture)
                    .hint(
                            "Perhaps build them on such a machine, and name the .ko files here: drivers.add: [{ files: … }].");
        }
        try (Scratch scratch = store.scratch();
                Progress.Step step = progress.start("modules", 0);
                Workspace workspace = toolchain.open();
                Logged log = new Logged(workspace, store, "modules")) {
            SortedMap<String, Node> kernel = kernel(store, scratch);
            workspace.put(tree(HEADERS, kernel));
            workspace.put(
                    tree(SOURCE, TarLayer.read(store, source.digest()).tree().nodes()));
            log.run("build the modules of " + name, Command.script(SCRIPT, variables(kernel)), line -> {});
            Tree modules = flat(workspace.take(MODULES, scratch));
            step.done(String.join(", ", modules.nodes().keySet()) + " of " + name);
            return store.write(out -> TarLayer.write(modules, out));
        }
    }

    private SortedMap<String, Node> kernel(Store store, Scratch scratch) {
        SortedMap<String, Node> kernel = new TreeMap<>();
        headers.forEach(deb -> kernel.putAll(DebReader.read(store, deb, scratch).nodes()));
        // Debian's includes the next one by its place in /usr/src.
        kernel.replaceAll((path, node) -> path.equals(makefile()) ? relative(path, kernel) : node);
        return kernel;
    }

    private String flavor() {
        return headers.get(0).name();
    }

    private String makefile() {
        return "usr/src/" + flavor() + "/Makefile";
    }

    private Node relative(String path, SortedMap<String, Node> kernel) {
        String common = kernel.keySet().stream()
                .filter(other -> other.matches("usr/src/linux-headers-[^/]*-common[^/]*/Makefile"))
                .findFirst()
                .orElseThrow(() -> badInput("The packages " + headers + " have no Makefile of the headers"));
        String included =
                ".." + common.substring(TreePath.parent(TreePath.parent(path)).length());
        return new Node.RegularFile(Attributes.root(0644, 0), Content.of("include " + included + "\n"));
    }

    private SortedMap<String, String> variables(SortedMap<String, Node> kernel) {
        return new TreeMap<>(Map.of(
                "HEADERS",
                flavor(),
                "PREFIX",
                CrossCompiler.prefix(architecture),
                "DEB_ARCH",
                architecture.debianName(),
                "KBUILD_BUILD_TIMESTAMP",
                "@0",
                "KBUILD_BUILD_USER",
                "osie-build",
                "KBUILD_BUILD_HOST",
                "osie-build"));
    }

    private static Tree tree(String directory, Map<String, Node> nodes) {
        Tree.Builder tree = new Tree.Builder();
        nodes.forEach((path, node) -> tree.put(
                directory + path,
                node instanceof Node.HardLink link ? new Node.HardLink(directory + link.target()) : node));
        return tree.build(0);
    }

    private static Tree flat(Tree taken) {
        Tree.Builder modules = new Tree.Builder();
        taken.nodes().forEach((path, node) -> {
            if (node instanceof Node.RegularFile file) {
                modules.put(TreePath.name(path), new Node.RegularFile(Attributes.root(0644, 0), file.content()));
            }
        });
        return modules.build(0);
    }
}
