package dev.osie.build.kernel;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.DebReader;
import dev.osie.build.store.Scratch;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The depmod of the release whose kernel is tested, whatever this host runs: its packages are unpacked, not installed, and it is started
 * by its own loader with its own libraries.
 */
final class DebianDepmod {
    private final Path root;

    private DebianDepmod(Path root) {
        this.root = root;
    }

    /** Unpacks kmod and all it depends on into a directory. */
    static DebianDepmod unpack(Store store, Collection<BinaryPackage> packages, Path directory) throws IOException {
        for (BinaryPackage binary : packages) {
            try (Scratch scratch = store.scratch()) {
                unpack(DebReader.read(store, binary, scratch), directory);
            }
        }
        return new DebianDepmod(directory);
    }

    /** Writes directories, files and links; what is no concern of a test (owners, times, devices) is left out. */
    static void unpack(Tree tree, Path directory) throws IOException {
        for (Map.Entry<String, Node> entry : tree.nodes().entrySet()) {
            Path target = directory.resolve(entry.getKey());
            if (entry.getValue() instanceof Node.Directory && !Files.isSymbolicLink(target)) {
                Files.createDirectories(target);
            } else if (entry.getValue() instanceof Node.RegularFile file) {
                try (InputStream in = file.content().open()) {
                    Files.copy(in, target);
                }
                if ((file.attributes().mode() & 0100) != 0) {
                    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
                }
            } else if (entry.getValue() instanceof Node.Symlink link) {
                Files.createSymbolicLink(target, Path.of(link.target()));
            }
        }
    }

    /** Writes the indexes of a release below a root as an administrator would: {@code depmod -b ROOT RELEASE}. */
    void run(Path modulesRoot, String release) throws IOException, InterruptedException {
        Path loader = find("ld-linux-*.so.*");
        List<String> command = List.of(
                loader.toString(),
                "--library-path",
                loader.getParent().toString(),
                "--argv0",
                "depmod",
                root.resolve("usr/bin/kmod").toString(),
                "-b",
                modulesRoot.toString(),
                release);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0 || !output.isEmpty()) {
            throw new AssertionError("depmod ended with status " + process.exitValue() + ":\n" + output);
        }
    }

    /** The loader among the libraries, not the link that leads to it from {@code lib64}. */
    private Path find(String glob) throws IOException {
        try (Stream<Path> files = Files.walk(root.resolve("usr/lib"))) {
            return files.filter(file -> Files.isRegularFile(file)
                            && file.getFileSystem()
                                    .getPathMatcher("glob:" + glob)
                                    .matches(file.getFileName()))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("there is no " + glob + " below " + root));
        }
    }
}
