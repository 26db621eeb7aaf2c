package dev.osie.build.e2e;

import dev.osie.build.initramfs.Compression;
import dev.osie.build.initramfs.Initramfs;
import dev.osie.build.initramfs.Packer;
import dev.osie.build.initramfs.Unit;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What packing alone takes, from layers in the store to the initramfs: reading and verifying tar archives, hashing each file, compressing,
 * and writing. Beside it, {@code zstd} over the same cpio archives. The layers are made of programs and libraries of this host.
 */
@Tag("bench")
@Timeout(900)
final class PackBenchmark {
    private static final long TOTAL = 350_000_000;
    private static final long LAYER = 20_000_000;
    private static final int RUNS = 3;

    @TempDir
    private Path directory;

    @Test
    void measure() throws Exception {
        List<Digest> layers = layers(Store.open(directory.resolve("layers")));
        Path cpio = directory.resolve("cpio");
        run("none", layers, cpio);
        System.out.printf(Locale.ROOT, "%d layers, %.1f MB%n", layers.size(), Files.size(cpio) / 1e6);
        List<Measurement> packing = new ArrayList<>();
        List<Measurement> zstd = new ArrayList<>();
        Path packed = directory.resolve("packed");
        Path compressed = directory.resolve("compressed");
        for (int run = 0; run < RUNS; run++) {
            packing.add(run("zstd:3", layers, packed));
            zstd.add(measure(HostTool.require("zstd", "zstd")
                    .command("-3", "-T2", "-q", "-f", cpio.toString(), "-o", compressed.toString())));
        }
        print("pack", Measurement.median(packing), packed);
        print("zstd -3 -T2", Measurement.median(zstd), compressed);
        System.out.printf(
                Locale.ROOT,
                "%.2f times the CPU of zstd%n",
                Measurement.seconds(Measurement.median(packing).processor())
                        / Measurement.seconds(Measurement.median(zstd).processor()));
    }

    private static void print(String name, Measurement measurement, Path result) throws IOException {
        System.out.printf(Locale.ROOT, "%-12s %s %8.1f MB%n", name, measurement, Files.size(result) / 1e6);
    }

    private Measurement run(String compression, List<Digest> layers, Path output) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                PackBenchmark.class.getName(),
                directory.resolve("layers").toString(),
                output.toString(),
                compression));
        layers.forEach(layer -> command.add(layer.toString()));
        // The steps of the last run would be found again.
        try (Stream<Path> steps = Files.list(directory.resolve("layers/steps"))) {
            for (Path step : steps.toList()) {
                Files.delete(step);
            }
        }
        return measure(command);
    }

    private static Measurement measure(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        Measurement measurement = Measurement.of(process);
        if (process.exitValue() != 0) {
            throw new AssertionError(command + " ended with status " + process.exitValue());
        }
        return measurement;
    }

    private static List<Digest> layers(Store store) throws IOException {
        List<Digest> layers = new ArrayList<>();
        long total = 0;
        try (Stream<Path> files = Stream.of("/usr/bin", "/usr/lib/x86_64-linux-gnu")
                .flatMap(root -> Stream.of(Path.of(root).toFile().listFiles()))
                .map(java.io.File::toPath)
                .filter(Files::isReadable)
                .filter(file -> Files.isRegularFile(file, java.nio.file.LinkOption.NOFOLLOW_LINKS))
                .sorted()) {
            Tree.Builder layer = new Tree.Builder();
            long size = 0;
            for (Path file : (Iterable<Path>) files::iterator) {
                Content content = Content.of(file);
                layer.put(file.toString().substring(1), new Node.RegularFile(Attributes.root(0755, 0), content));
                size += content.size();
                if (size > LAYER || total + size > TOTAL) {
                    Tree tree = layer.build(0);
                    layers.add(store.write(out -> TarLayer.write(tree, out)).digest());
                    layer = new Tree.Builder();
                    total += size;
                    size = 0;
                }
                if (total > TOTAL) {
                    break;
                }
            }
        }
        return layers;
    }

    /** The process that is measured: packs layers of a store. */
    public static void main(String[] arguments) throws IOException {
        Store store = Store.open(Path.of(arguments[0]));
        List<Unit> units = Stream.of(arguments)
                .skip(3)
                .map(Digest::parse)
                .map(layer -> Unit.of(
                        layer.hex().substring(0, 16),
                        layer,
                        () -> TarLayer.read(store, layer).tree()))
                .toList();
        Packer packer = new Packer(
                store,
                Progress.SILENT,
                Compression.parse(arguments[2]),
                0,
                Runtime.getRuntime().availableProcessors());
        Initramfs initramfs = new Initramfs(packer.pack(units));
        try (OutputStream out = new FileOutputStream(arguments[1])) {
            initramfs.writeTo(out, store);
        }
    }
}
