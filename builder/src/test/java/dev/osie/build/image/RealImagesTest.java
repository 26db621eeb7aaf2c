package dev.osie.build.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.Downloader;
import dev.osie.build.debian.Keyring;
import dev.osie.build.debian.Mirror;
import dev.osie.build.debian.Mirrors;
import dev.osie.build.debian.PackageFetcher;
import dev.osie.build.debian.Suite;
import dev.osie.build.debian.SuiteReader;
import dev.osie.build.lock.Lock;
import dev.osie.build.lock.LockRequest;
import dev.osie.build.lock.Locker;
import dev.osie.build.lock.PackageSet;
import dev.osie.build.oci.Image;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.spec.ImageName;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds this repository's recipes from the packages of the mirror this host is set up with. */
@Tag("tools")
class RealImagesTest {
    private static final Recipes RECIPES = Recipes.in(Path.of("..", "images"));
    /** The recipes that need nothing but packages: the Java application is built by another module. */
    private static final List<String> NAMES = RECIPES.names().stream()
            .filter(name -> RECIPES.get(name).java().isEmpty())
            .toList();

    private static final int ELF_MACHINE = 18;
    private static final int EM_AARCH64 = 183;

    @TempDir
    static Path shared;

    @TempDir
    Path directory;

    private static Store store;
    private static Lock lock;
    private static PackageFetcher fetcher;
    private static SortedMap<String, Image> images;

    @BeforeAll
    static void buildImages() {
        store = Store.open(shared);
        Mirrors mirrors = Mirrors.ofHost();
        Mirror mirror = mirrors.find(Optional.empty(), Optional.empty());
        Downloader downloader = Downloader.create(System.getenv());
        SuiteReader reader =
                new SuiteReader(mirror, Keyring.debian(Clock.systemUTC()), downloader, store, Clock.systemUTC());
        lock = new Locker(reader, Suite.DEFAULT, binary -> new byte[0], Progress.SILENT)
                .resolve(List.of(request(Architecture.X86_64), request(Architecture.AARCH64)));
        fetcher = new PackageFetcher(
                mirror, mirrors.fallback(Optional.empty()), downloader, store, Progress.SILENT, "osie-build lock");
        images = builder(store, Architecture.X86_64).build(NAMES);
    }

    private static LockRequest request(Architecture architecture) {
        List<PackageSet> sets = new ArrayList<>();
        for (String name : NAMES) {
            Recipe recipe = RECIPES.get(name);
            sets.add(PackageSet.closed(name, recipe.packageNames(), recipe.exclude()));
            recipe.jre().ifPresent(runtime -> sets.add(PackageSet.only("jdk/" + name, List.of(runtime.packageName()))));
        }
        return new LockRequest(architecture, sets);
    }

    private static ImageBuilder builder(Store into, Architecture architecture) {
        PackageSource source = new PackageSource() {
            @Override
            public List<BinaryPackage> installed(Recipe recipe) {
                return lock.packagesOf(architecture, recipe.name());
            }

            @Override
            public BinaryPackage jdk(Recipe recipe) {
                return lock.packagesOf(architecture, "jdk/" + recipe.name()).get(0);
            }

            @Override
            public Image image(ImageName name) {
                throw new AssertionError("no recipe here builds on " + name);
            }

            @Override
            public void fetch(Collection<BinaryPackage> packages) {
                fetcher.fetch(packages);
                packages.forEach(binary -> copy(binary.deb(), into));
            }
        };
        return new ImageBuilder(into, RECIPES, source, architecture, lock.date(), Progress.SILENT);
    }

    private static void copy(Blob blob, Store into) {
        if (!into.contains(blob)) {
            into.write(out -> Files.copy(store.path(blob.digest()), out));
        }
    }

    @Test
    void sharesTheLayersOfPackagesBetweenImages() {
        Blob inDocker = layer(images.get("docker"), "debian:busybox-static").blob();

        assertThat(layer(images.get("dhcp"), "debian:busybox-static").blob()).isEqualTo(inDocker);
        assertThat(layer(images.get("init"), "debian:busybox-static").blob()).isEqualTo(inDocker);
    }

    @Test
    void givesTheSameImagesInAnotherStore() {
        Store other = Store.open(directory);

        builder(other, Architecture.X86_64)
                .build(List.of("dhcp", "jre"))
                .forEach((name, image) -> assertThat(image).as(name).isEqualTo(images.get(name)));
    }

    @Test
    void isReadAndCopiedBySkopeo() throws Exception {
        String inspected = run("skopeo", "inspect", "oci:" + shared + ":osie-build/docker:x86_64");
        run("skopeo", "copy", "-q", "oci:" + shared + ":osie-build/docker:x86_64", "dir:" + directory.resolve("copy"));

        assertThat(inspected)
                .contains("\"Architecture\": \"amd64\"")
                .contains(images.get("docker").manifest().toString());
        for (Image.Layer layer : images.get("docker").layers()) {
            assertThat(directory.resolve("copy").resolve(layer.blob().digest().hex()))
                    .hasSize(layer.blob().size());
        }
    }

    /** Runs with the C library of the image itself, as the host's may be older. */
    @Test
    void linksARuntimeThatRunsWhatTheWorkerNeeds() throws Exception {
        Path root = unpack(images.get("jre"), directory.resolve("root"));
        Path source = Files.writeString(directory.resolve("Probe.java"), """
                import java.util.stream.Stream;
                class Probe {
                    public static void main(String[] arguments) throws Exception {
                        System.out.println(Stream.of("a", "b").map(x -> x + ModuleLayer.boot().modules().size()).toList());
                        System.out.println(javax.net.ssl.SSLContext.getDefault().getProtocol());
                        System.out.println(java.time.ZonedDateTime.now(java.time.ZoneId.of("Europe/Berlin")).getZone());
                        System.out.println(Class.forName("sun.misc.Unsafe").getName());
                    }
                }
                """);
        run(
                Path.of(System.getProperty("java.home"), "bin", "javac").toString(),
                "-d",
                directory.toString(),
                source.toString());

        String output = run(
                root.resolve("usr/lib64/ld-linux-x86-64.so.2").toString(),
                "--library-path",
                root.resolve("usr/lib/x86_64-linux-gnu") + ":" + root.resolve("usr/lib/jvm/runtime/lib"),
                root.resolve("usr/lib/jvm/runtime/bin/java").toString(),
                "-XX:+UseSerialGC",
                "-Xlog:class+load:file=" + directory.resolve("loaded"),
                "-cp",
                directory.toString(),
                "Probe");

        assertThat(output.lines()).hasSize(4).contains("Default", "Europe/Berlin", "sun.misc.Unsafe");
        assertThat(directory.resolve("loaded")).content().contains("jdk.internal.module.SystemModules$all");
    }

    @Test
    void linksARuntimeForAnotherArchitecture() throws Exception {
        Image image = builder(store, Architecture.AARCH64).build(List.of("jre")).get("jre");

        Tree runtime = tree(layer(image, "linked:"));
        byte[] java = read(runtime, RuntimeLayer.HOME + "/bin/java");
        assertThat(java[ELF_MACHINE] & 0xff).isEqualTo(EM_AARCH64);
        assertThat(runtime.get(RuntimeLayer.HOME + "/lib/modules")).isPresent();
        assertThat(image.config().platform().architecture()).isEqualTo("arm64");
    }

    private static Image.Layer layer(Image image, String origin) {
        return image.layers().stream()
                .filter(layer -> layer.origin().startsWith(origin))
                .findFirst()
                .orElseThrow();
    }

    private static Tree tree(Image.Layer layer) {
        return TarLayer.read(store, layer.blob().digest()).tree();
    }

    private static byte[] read(Tree tree, String path) throws IOException {
        try (InputStream in =
                ((Node.RegularFile) tree.get(path).orElseThrow()).content().open()) {
            return in.readAllBytes();
        }
    }

    private static Path unpack(Image image, Path root) throws IOException {
        for (Image.Layer layer : image.layers()) {
            for (Map.Entry<String, Node> entry : tree(layer).nodes().entrySet()) {
                Path path = root.resolve(entry.getKey());
                if (entry.getValue() instanceof Node.Directory) {
                    Files.createDirectories(path);
                } else if (entry.getValue() instanceof Node.Symlink link) {
                    Files.createSymbolicLink(path, Path.of(link.target()));
                } else if (entry.getValue() instanceof Node.RegularFile file) {
                    try (InputStream in = file.content().open()) {
                        Files.copy(in, path);
                    }
                    assertThat(path.toFile().setExecutable((file.attributes().mode() & 0100) != 0))
                            .isTrue();
                }
            }
        }
        return root;
    }

    private static String run(String... command) throws Exception {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new AssertionError("This test needs " + command[0] + ": apt install " + command[0], e);
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }
}
