package dev.osie.build.assemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.osie.build.debian.TestDeb;
import dev.osie.build.kernel.ModuleFixture;
import dev.osie.build.kernel.SelectedModule;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drivers that a flavor takes from files, packages and images. */
final class AddedDriversTest {
    private static final String FLAVORS = "project/linuxkit-templates/flavors/";
    private static final String RELEASE = "lib/modules/6.12.1-test/";

    @TempDir
    private Path directory;

    private MiniProject project;
    private Store store;

    @BeforeEach
    void makeProject() throws IOException {
        project = MiniProject.in(directory);
        store = Store.open(directory.resolve("store"));
    }

    @AfterEach
    void stop() {
        project.close();
    }

    @Test
    void takesThemFromFilesPackagesAndImages() throws IOException {
        flavor("{ files: [one.ko.xz] }, { deb: two.deb }, { package: mini-modules }, { image: registry.lab/four:1 }");
        file("one.ko.xz", module());
        file(
                "two.deb",
                TestDeb.of("two", "1")
                        .file("usr/" + RELEASE + "extra/two.ko.xz", module())
                        .bytes());
        image(RELEASE + "four.ko.xz");

        assertThat(new Assembler(store, Progress.SILENT).modules(project.request()))
                .extracting(SelectedModule::path, SelectedModule::reason)
                .containsExactly(
                        tuple("kernel/fs/ext4/ext4.ko.xz", "mini, disks"),
                        tuple("updates/four.ko.xz", reason(122, "registry.lab/four:1: " + RELEASE + "four.ko.xz")),
                        tuple("updates/one.ko.xz", reason(63, "one.ko.xz")),
                        tuple(
                                "updates/three.ko.xz",
                                reason(95, "mini-modules 1.0 (amd64): usr/" + RELEASE + "updates/three.ko.xz")),
                        tuple("updates/two.ko.xz", reason(77, "two.deb: usr/" + RELEASE + "extra/two.ko.xz")));
    }

    private static String reason(int column, String file) {
        return "drivers.add, linuxkit-templates/flavors/mini.yaml:2:" + column + ": " + file + ", not signed";
    }

    @Test
    void buildsWithoutANetworkOnceTheyAreInTheStore() throws IOException {
        flavor("{ package: mini-modules }, { image: registry.lab/four:1 }");
        image(RELEASE + "four.ko.xz");
        SortedMap<String, String> first = project.build(project.request(), store);

        assertThat(project.build(project.request().offline("osie-build fetch mini"), store))
                .isEqualTo(first);
    }

    @Test
    void buildsAnotherImageWhenAFileChanges() throws IOException {
        flavor("{ files: [one.ko.xz] }");
        file("one.ko.xz", module());
        SortedMap<String, String> first = project.build(project.request(), store);
        file(
                "one.ko.xz",
                ModuleFixture.module()
                        .info("vermagic", "6.12.1-test ")
                        .info("x", "y")
                        .toXz());

        assertThat(project.build(project.request(), store)).isNotEqualTo(first);
    }

    @Test
    void refusesAnImageWithoutModules() throws IOException {
        flavor("{ image: registry.lab/four:1 }");
        image("opt/four.ko.xz");

        assertThatThrownBy(() -> new Assembler(store, Progress.SILENT).modules(project.request()))
                .hasMessageContaining("mini.yaml:2:")
                .hasMessageContaining(
                        "registry.lab/four:1 holds no kernel modules: expected usr/lib/modules/6.12.1-test/…");
    }

    private void flavor(String drivers) throws IOException {
        project.write(FLAVORS + "mini.yaml", """
                osie:
                  kernel: { use: mini, modules: mini, drivers.add: [%s] }
                kernel: { cmdline: console=ttyS0 }
                init: ["@image:init"]
                """.formatted(drivers));
    }

    private void file(String name, byte[] content) throws IOException {
        Files.write(directory.resolve(FLAVORS + name), content);
    }

    private void image(String path) {
        new StoredImages(store).put("registry.lab/four:1", new StoredImages.Layer().file(path, 0644, module()));
    }

    private static byte[] module() {
        return ModuleFixture.module()
                .info("vermagic", "6.12.1-test ")
                .info("license", "GPL")
                .needs("_printk", 1)
                .toXz();
    }
}
