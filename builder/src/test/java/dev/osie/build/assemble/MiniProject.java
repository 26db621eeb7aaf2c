package dev.osie.build.assemble;

import dev.osie.build.artifact.Format;
import dev.osie.build.artifact.OutputFolder;
import dev.osie.build.compose.CompositionRequest;
import dev.osie.build.debian.Archive;
import dev.osie.build.debian.Suite;
import dev.osie.build.debian.TestArchive;
import dev.osie.build.debian.TestDeb;
import dev.osie.build.debian.TestKey;
import dev.osie.build.initramfs.Compression;
import dev.osie.build.kernel.ModuleFixture;
import dev.osie.build.oci.registry.RegistrySettings;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.runtime.ImageLayout;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A flavor of an init, a service, and a kernel with one module, and a mirror with small packages for it. */
final class MiniProject implements AutoCloseable {
    private static final String MODULES = "usr/lib/modules/6.12.1-test/";

    private final TestKey key = TestKey.generate("Test <test@example.org>");
    private final Path directory;
    private final TestArchive mirror;

    private MiniProject(Path directory, TestArchive mirror) {
        this.directory = directory;
        this.mirror = mirror;
    }

    static MiniProject in(Path directory) throws IOException {
        MiniProject project = new MiniProject(directory, TestArchive.start());
        project.write("project/linuxkit-templates/flavors/mini.yaml", """
                osie:
                  kernel: { use: mini, modules: mini }
                kernel: { cmdline: console=ttyS0 }
                init: ["@image:init"]
                services:
                  - { name: tool, image: "@image:tool", command: [/usr/bin/tool] }
                files:
                  - { path: etc/motd, contents: "hello", mode: "0644" }
                """);
        project.write("project/images/init/image.yaml", """
                description: the init
                packages: [shared]
                files:
                  - { path: init, source: init.sh }
                """);
        project.write("project/images/init/init.sh", "#!/bin/sh\n");
        project.write("project/images/tool/image.yaml", "description: a tool\npackages: [tool]\n");
        project.write("project/kernel-configs/mini.yaml", """
                description: a kernel
                package: { x86_64: linux-image-mini }
                """);
        project.write("project/kernel-configs/modules/mini.yaml", """
                description: modules
                modules: { disks: [ext4] }
                """);
        Files.write(directory.resolve("key.pgp"), project.key.publicKey());
        project.publish();
        return project;
    }

    private void publish() {
        mirror.add(Archive.DEBIAN, TestDeb.of("shared", "1.0").file("usr/lib/libshared.so", "the library"));
        mirror.add(
                Archive.DEBIAN,
                TestDeb.of("tool", "2.0").field("Depends", "shared (>= 1.0)").file("usr/bin/tool", "the tool"));
        mirror.add(
                Archive.DEBIAN,
                TestDeb.of("linux-image-mini", "6.12.1-1")
                        .file("boot/vmlinuz-6.12.1-test", "the kernel")
                        .file(MODULES + "modules.order", "kernel/fs/ext4/ext4.ko\n")
                        .file(MODULES + "modules.builtin", "")
                        .file(MODULES + "modules.builtin.modinfo", "")
                        .file(
                                MODULES + "kernel/fs/ext4/ext4.ko.xz",
                                ModuleFixture.module().toXz()));
        mirror.add(
                Archive.DEBIAN,
                TestDeb.of("linux-headers-mini", "6.12.1-1")
                        .file(
                                "usr/src/linux-headers-6.12.1-test/Module.symvers",
                                "0x00000001\t_printk\tvmlinux\tEXPORT_SYMBOL\t\n"));
        mirror.add(
                Archive.DEBIAN,
                TestDeb.of("mini-modules", "1.0")
                        .file(
                                MODULES + "updates/three.ko.xz",
                                ModuleFixture.module()
                                        .info("vermagic", "6.12.1-test ")
                                        .toXz()));
        Suite.DEFAULT.forEach(this::publish);
    }

    /** Publishes what the suite's archive has by now. */
    void publish(Suite suite) {
        mirror.publish(suite, Instant.now().truncatedTo(ChronoUnit.SECONDS), key);
    }

    TestArchive mirror() {
        return mirror;
    }

    Path lock() {
        return directory.resolve("osie.lock");
    }

    void write(String path, String text) throws IOException {
        Path file = directory.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    BuildRequest request() {
        return new BuildRequest(
                new Project(directory.resolve("project")),
                CompositionRequest.of("mini", Architecture.X86_64),
                Optional.of(lock()),
                Optional.of(mirror.root().toString()),
                RegistrySettings.DEFAULT,
                Optional.of(directory.resolve("key.pgp")),
                Compression.ZSTD_3,
                ImageLayout.SHARED,
                Optional.empty());
    }

    /** Builds the pair from scratch and reads what came of it. */
    SortedMap<String, String> build(BuildRequest request, Store store) throws IOException {
        Path output = Files.createTempDirectory(directory, "output");
        Osie osie = new Assembler(store, Progress.SILENT).assemble(request);
        new OutputFolder(store, EnumSet.of(Format.PAIR), Progress.SILENT).write(osie, output);
        SortedMap<String, String> files = new TreeMap<>();
        try (Stream<Path> written = Files.list(output)) {
            for (Path file : written.toList()) {
                files.put(
                        file.getFileName().toString(),
                        dev.osie.build.store.Digest.of(Files.readAllBytes(file)).hex());
            }
        }
        return files;
    }

    @Override
    public void close() {
        mirror.close();
    }
}
