package dev.osie.build.e2e;

import dev.osie.build.oci.Execution;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.ImageConfig;
import dev.osie.build.oci.LayerCompression;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Platform;
import dev.osie.build.oci.Reference;
import dev.osie.build.oci.registry.RegistryImages;
import dev.osie.build.oci.registry.RegistryPush;
import dev.osie.build.oci.registry.RegistrySettings;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Scratch;
import dev.osie.build.store.Store;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code make bench-pull}: what it takes to pull an image of ten layers, 30 MB each as they are sent, from a registry on loopback, beside
 * what skopeo takes to copy it to an image layout. Skopeo keeps layers compressed; the store wants them unpacked, and both digests
 * compared. Layers that hold next to nothing show what the start of the program takes; others don't shrink, or unpack to 2.5 times their
 * size.
 */
@Tag("bench")
@Timeout(1800)
final class PullBenchmark {
    private static final int LAYERS = 10;
    private static final int SENT = 30_000_000;
    private static final int RUNS = 3;
    /** As the launcher runs the product, archive of classes included. */
    private static final List<String> FLAGS =
            List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:CompileThresholdScaling=5", "-Djdk.httpclient.bufsize=131072");

    @TempDir
    private Path directory;

    @Test
    void measure() throws Exception {
        try (Registry registry = Registry.start(directory)) {
            String host = "127.0.0.1:" + registry.port();
            compare(host + "/bench/nothing:1", "ten layers of 3 kB", 3_000, 1, LayerCompression.GZIP);
            compare(host + "/bench/noise:1", "ten of 30 MB, incompressible", SENT, 1, LayerCompression.GZIP);
            compare(host + "/bench/programs:1", "ten of 30 MB, 75 MB by gzip", SENT, 2.5, LayerCompression.GZIP);
            compare(
                    host + "/bench/programs:2",
                    "ten of 30 MB, 75 MB by zstd",
                    SENT,
                    2.5,
                    LayerCompression.parse("zstd:3"));
        }
    }

    private void compare(String name, String what, int sent, double shrinks, LayerCompression compression)
            throws Exception {
        push(name, sent, shrinks, compression);
        List<Measurement> own = new ArrayList<>();
        List<Measurement> skopeo = new ArrayList<>();
        measure(pull("-XX:ArchiveClassesAtExit=" + archive(), name));
        for (int run = 0; run < RUNS; run++) {
            own.add(measure(pull("-XX:SharedArchiveFile=" + archive(), name)));
            skopeo.add(measure(HostTool.require("skopeo", "skopeo")
                    .command(
                            "copy",
                            "--quiet",
                            "--src-tls-verify=false",
                            "docker://" + name,
                            "oci:" + fresh("copied") + ":1")));
        }
        System.out.println(what);
        print("  pull", Measurement.median(own), sent);
        print("  skopeo copy", Measurement.median(skopeo), sent);
        System.out.printf(
                Locale.ROOT,
                "  %.0f %% of skopeo's rate%n",
                100
                        * Measurement.seconds(Measurement.median(skopeo).wall())
                        / Measurement.seconds(Measurement.median(own).wall()));
    }

    private Path archive() {
        return directory.resolve("classes.jsa");
    }

    private List<String> pull(String archive, String name) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        command.add(archive);
        Path product = Project.checkout().directory().resolve("builder/target/osie-build.jar");
        command.addAll(List.of("-cp", product + File.pathSeparator + jar(), PullBenchmark.class.getName()));
        command.addAll(List.of(fresh("pulled").toString(), name));
        return command;
    }

    /** This class alone: archives know jars only. */
    private Path jar() throws IOException {
        Path jar = directory.resolve("benchmark.jar");
        String name = PullBenchmark.class.getName().replace('.', '/') + ".class";
        if (!Files.exists(jar)) {
            try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                    InputStream in = PullBenchmark.class.getClassLoader().getResourceAsStream(name)) {
                out.putNextEntry(new JarEntry(name));
                in.transferTo(out);
            }
        }
        return jar;
    }

    private static void print(String name, Measurement measurement, int sent) {
        System.out.printf(
                Locale.ROOT,
                "%-14s %s %6.0f MB/s%n",
                name,
                measurement,
                (double) LAYERS * sent / 1e6 / Measurement.seconds(measurement.wall()));
    }

    private Path fresh(String name) {
        Path path = directory.resolve(name);
        new Scratch(path).close();
        return path;
    }

    private void push(String name, int sent, double shrinks, LayerCompression compression) {
        Store store = Store.open(fresh("store"));
        List<Image.Layer> layers = new ArrayList<>();
        for (int layer = 0; layer < LAYERS; layer++) {
            byte[] content = content(layer, (int) (sent * shrinks), 1 - 1 / shrinks);
            layers.add(new Image.Layer(store.put(content), "bench"));
        }
        ImageConfig config = new ImageConfig(
                Platform.linux(Architecture.X86_64),
                Optional.empty(),
                Optional.empty(),
                Execution.EMPTY,
                layers.stream().map(layer -> layer.blob().digest()).toList(),
                List.of());
        Image image = new Layout(store).put(Reference.parse("bench:1"), config, layers);
        RegistryPush.create(store, RegistrySettings.DEFAULT, Map.of(), Progress.SILENT)
                .push(new RegistryPush.Request(
                        List.of(image), Reference.parse(name), List.of(), compression, new TreeMap<>()));
    }

    /** Noise, and as large a part as wanted that was there shortly before. */
    private static byte[] content(int seed, int size, double repeated) {
        Random random = new Random(seed);
        byte[] content = new byte[size];
        random.nextBytes(content);
        int piece = 32;
        for (int at = 1 << 15; at + piece < size; at += piece) {
            if (random.nextDouble() < repeated) {
                System.arraycopy(content, at - piece - random.nextInt(1 << 14), content, at, piece);
            }
        }
        return content;
    }

    private static Measurement measure(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        Measurement measurement = Measurement.of(process);
        if (process.exitValue() != 0) {
            throw new AssertionError(command + " ended with status " + process.exitValue());
        }
        return measurement;
    }

    /** The process that is measured: pulls an image into a new store. */
    public static void main(String[] arguments) throws IOException {
        Store store = Store.open(Path.of(arguments[0]));
        Reference name = Reference.parse(arguments[1]);
        RegistryImages images = RegistryImages.create(store, RegistrySettings.DEFAULT, Map.of(), Progress.SILENT);
        Digest digest = images.resolve(name, Architecture.X86_64);
        images.pull(name, digest, Architecture.X86_64);
    }
}
