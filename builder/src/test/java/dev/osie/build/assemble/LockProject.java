package dev.osie.build.assemble;

import dev.osie.build.compose.CompositionRequest;
import dev.osie.build.debian.Archive;
import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.Suite;
import dev.osie.build.debian.TestArchive;
import dev.osie.build.debian.TestDeb;
import dev.osie.build.debian.TestKey;
import dev.osie.build.debian.TestSnapshots;
import dev.osie.build.initramfs.Compression;
import dev.osie.build.kernel.ModuleFixture;
import dev.osie.build.oci.registry.RegistrySettings;
import dev.osie.build.platform.Architecture;
import dev.osie.build.runtime.ImageLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A small project of two flavors that share packages, with its mirror and its snapshot service. */
public final class LockProject implements AutoCloseable {
    private static final String MODULES = "usr/lib/modules/6.12.1-test/";

    private final Path directory;
    private final TestKey key = TestKey.generate("Test <test@example.org>");
    private final TestArchive mirror = TestArchive.start();
    private final TestSnapshots snapshots = TestSnapshots.start();

    private final Map<String, BinaryPackage> first = new HashMap<>();

    /** Writes the project, and publishes what it needs for x86_64. */
    public LockProject(Path directory) {
        this.directory = directory;
        flavor("mini", "tool");
        write("key.pgp", key.publicKey());
        flavor("more", "ssh");
        write("images/init/image.yaml", "description: the init\npackages: [shared]\n");
        write("images/tool/image.yaml", "description: a tool\npackages: [tool]\n");
        write("images/ssh/image.yaml", "description: a shell\npackages: [ssh]\n");
        write("kernel-configs/mini.yaml", """
                description: a kernel
                package: { x86_64: linux-image-mini, aarch64: linux-image-mini }
                """);
        write("kernel-configs/modules/mini.yaml", "description: modules\nmodules:\n  disks: [ext4]\n");
        addAll("amd64");
        publish();
    }

    private void flavor(String name, String image) {
        write("linuxkit-templates/flavors/" + name + ".yaml", """
                osie:
                  kernel: { use: mini, modules: mini }
                kernel:
                  cmdline: console=ttyS0
                init:
                  - "@image:init"
                services:
                  - name: IMAGE
                    image: "@image:IMAGE"
                    command: [/usr/bin/IMAGE]
                """.replace("IMAGE", image));
    }

    /** Adds the same packages for an architecture. */
    public void addAll(String architecture) {
        TestDeb ssh = TestDeb.of("ssh", "9.0").field("Depends", "shared").file("usr/bin/ssh", "the shell");
        for (TestDeb deb : List.of(shared("1.0"), tool("2.0"), ssh, kernel())) {
            BinaryPackage added = mirror.add(Archive.DEBIAN, deb.field("Architecture", architecture));
            first.putIfAbsent(added.name() + " " + added.version(), added);
        }
    }

    public static TestDeb shared(String version) {
        return TestDeb.of("shared", version).file("usr/lib/libshared.so", "the library " + version);
    }

    public static TestDeb tool(String version) {
        return TestDeb.of("tool", version).field("Depends", "shared (>= 1.0)").file("usr/bin/tool", "tool " + version);
    }

    private static TestDeb kernel() {
        return TestDeb.of("linux-image-mini", "6.12.1-1")
                .file("boot/vmlinuz-6.12.1-test", "the kernel")
                .file(MODULES + "modules.order", "kernel/fs/ext4/ext4.ko\n")
                .file(MODULES + "modules.builtin", "")
                .file(MODULES + "modules.builtin.modinfo", "")
                .file(
                        MODULES + "kernel/fs/ext4/ext4.ko.xz",
                        ModuleFixture.module().toXz());
    }

    /**
     * Puts a package in the place of an earlier version, which the mirror forgets and only the snapshot service keeps.
     *
     * @param earlier its name and version, which the project began with
     */
    public void supersede(String earlier, TestDeb later) {
        BinaryPackage before = first.get(earlier);
        byte[] bytes = mirror.content("/debian/" + before.path());
        snapshots.saw(Instant.now().minus(30, ChronoUnit.DAYS), before, bytes);
        snapshots.sawNothing(Instant.now().minus(1, ChronoUnit.DAYS), Archive.DEBIAN);
        mirror.drop(before);
        mirror.add(Archive.DEBIAN, later);
        publish();
    }

    public void publish() {
        for (Suite suite : Suite.DEFAULT) {
            mirror.publish(suite, Instant.now().truncatedTo(ChronoUnit.SECONDS), key);
        }
    }

    public TestArchive mirror() {
        return mirror;
    }

    public TestSnapshots snapshots() {
        return snapshots;
    }

    public Path root() {
        return directory;
    }

    public Path keyring() {
        return directory.resolve("key.pgp");
    }

    /** Where the lock of both flavors is. */
    public Path lock() {
        return directory.resolve("linuxkit-templates/flavors/osie.lock");
    }

    BuildRequest request(String flavor, Architecture architecture) {
        return new BuildRequest(
                new Project(directory),
                CompositionRequest.of(flavor, architecture),
                Optional.empty(),
                new DebianPlaces(
                        Optional.of(mirror.root().toString()),
                        Optional.of(snapshots.root().toString()),
                        Optional.of(keyring())),
                RegistrySettings.DEFAULT,
                Compression.ZSTD_3,
                ImageLayout.SHARED,
                Optional.empty(),
                false,
                false,
                Optional.empty());
    }

    public void write(String path, String text) {
        write(path, text.getBytes(StandardCharsets.UTF_8));
    }

    private void write(String path, byte[] content) {
        Path file = directory.resolve(path);
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        mirror.close();
        snapshots.close();
    }
}
