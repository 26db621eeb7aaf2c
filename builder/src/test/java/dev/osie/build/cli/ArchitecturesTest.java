package dev.osie.build.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.compose.TestTemplates;
import dev.osie.build.debian.Archive;
import dev.osie.build.debian.Suite;
import dev.osie.build.debian.TestArchive;
import dev.osie.build.debian.TestDeb;
import dev.osie.build.debian.TestKey;
import dev.osie.build.kernel.ModuleFixture;
import dev.osie.build.platform.Architecture;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code --arch}: one architecture by any of its names, or all of them in one go. */
final class ArchitecturesTest {
    private static final String MODULES = "usr/lib/modules/6.12.1-test/";

    @TempDir
    private Path directory;

    private final TestKey key = TestKey.generate("Test <test@example.org>");
    private TestTemplates project;
    private TestArchive mirror;

    private record Result(int exitCode, String errors) {}

    @BeforeEach
    void makeProjectAndMirror() throws IOException {
        project = new TestTemplates(Files.createDirectory(directory.resolve("project")));
        project.flavor("mini", """
                osie:
                  kernel: { use: mini, modules: none }
                init: ["@image:init"]
                """);
        project.write("images/init/image.yaml", "description: the init\npackages: [tool]\n");
        project.write(
                "kernel-configs/mini.yaml",
                "description: a kernel\npackage: { x86_64: linux-image-mini, aarch64: linux-image-mini }\n");
        project.write("kernel-configs/modules/none.yaml", "description: some\nmodules: { disks: [ext4] }\n");
        mirror = TestArchive.start();
        mirror.add(Archive.DEBIAN, TestDeb.of("texts", "1.0").on("all").file("usr/share/texts", "for all"));
        for (Architecture architecture : Architecture.values()) {
            String name = architecture.debianName();
            mirror.add(
                    Archive.DEBIAN,
                    TestDeb.of("tool", "2.0")
                            .on(name)
                            .field("Depends", "texts")
                            .file("usr/bin/tool", "a tool for " + name));
            mirror.add(Archive.DEBIAN, kernel(architecture));
        }
        for (Suite suite : Suite.DEFAULT) {
            mirror.publish(suite, Instant.now().truncatedTo(ChronoUnit.SECONDS), key);
        }
    }

    @AfterEach
    void stopMirror() {
        mirror.close();
    }

    @Test
    void allBuildsAPairForEachInAFolderOfItsOwn() {
        Result result = build("--arch", "all");

        assertThat(result.exitCode()).as(result.errors()).isZero();
        assertThat(out("mini-x86_64/vmlinuz-x86_64")).hasContent("the kernel for amd64");
        assertThat(out("mini-aarch64/vmlinuz-aarch64")).hasContent("the kernel for arm64");
        assertThat(out("mini-aarch64/initramfs-aarch64")).isNotEmptyFile();
        assertThat(result.errors().lines())
                .containsSubsequence("x86_64", "aarch64", out("mini-x86_64") + "/", out("mini-aarch64") + "/")
                .last()
                .asString()
                .startsWith("mini · x86_64, aarch64 · ")
                .endsWith("Boot one: ./osie-build run mini --arch aarch64 --output " + out("mini-aarch64"));
    }

    @Test
    void allGivesTheBytesThatEachByItselfGives() throws IOException {
        build("--arch", "all");
        String elsewhere = directory.resolve("another store").toString();
        Result single =
                run("build", "mini", "--arch", "arm64", "-o", out("single").toString(), "--cache", elsewhere);

        assertThat(single.exitCode()).as(single.errors()).isZero();
        for (String name : List.of("vmlinuz-aarch64", "initramfs-aarch64", "manifest.json", "mini.yaml")) {
            assertThat(Files.mismatch(
                            out("single").resolve(name), out("mini-aarch64").resolve(name)))
                    .as(name)
                    .isEqualTo(-1);
        }
    }

    @Test
    void allLocksEveryArchitectureAndFetchesWhatTheyShareOnce() {
        build("--arch", "all");

        assertThat(project.root().resolve("linuxkit-templates/flavors/osie.lock"))
                .content()
                .contains("x86_64:", "aarch64:");
        assertThat(mirror.requests())
                .filteredOn(request -> request.endsWith(".deb"))
                .doesNotHaveDuplicates()
                .anyMatch(request -> request.endsWith("texts_1.0_all.deb"))
                .anyMatch(request -> request.endsWith("tool_2.0_arm64.deb"));
    }

    @Test
    void theFailureOfOneLeavesTheOtherBuilt() {
        mirror.serve("/debian/pool/main/t/tool/tool_2.0_amd64.deb", new byte[10]);

        Result result = build("--arch", "all");

        assertThat(result.exitCode()).isEqualTo(4);
        assertThat(result.errors()).containsSubsequence("mini · aarch64 · ", "x86_64:\n", "tool_2.0_amd64.deb");
        assertThat(out("mini-x86_64")).doesNotExist();
        assertThat(out("mini-aarch64/checksum.txt")).isNotEmptyFile();
    }

    @Test
    void aLockOfOneArchitectureStopsTheOtherAlone() {
        build("--arch", "x86_64");

        Result result = build("--arch", "all");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errors())
                .containsSubsequence(
                        "mini · x86_64 · ", "aarch64:\n", "has nothing for aarch64", "osie-build lock mini");
        assertThat(out("mini-x86_64/checksum.txt")).isNotEmptyFile();
        assertThat(out("mini-aarch64")).doesNotExist();
    }

    @Test
    void aMistakeThatIsEverybodysIsToldOnce() throws IOException {
        build("--arch", "all");
        project.write("images/init/image.yaml", "description: the init\npackages: [tool, texts]\nfile: []\n");

        Result result = build("--arch", "all");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errors()).containsOnlyOnce("unknown key 'file'").doesNotContain("aarch64:");
    }

    @Test
    void aVerbForOneArchitectureSaysWhichThereAre() {
        assertThat(build("--arch", "arm").errors()).contains("'arm'", "x86_64, aarch64, or all");
        assertThat(run("compose", "mini", "--arch", "all"))
                .isEqualTo(new Result(
                        2,
                        "--arch all: only the verbs build and lock take all of them; name one: x86_64 or aarch64\n"));
        assertThat(run("run", "mini", "--arch", "all"))
                .isEqualTo(new Result(
                        2, "'all' is not an architecture an OSIE is built for: expected one of x86_64, aarch64\n"));
    }

    private Result build(String... more) {
        List<String> arguments = new ArrayList<>(List.of("build", "mini", "--output", out("").toString()));
        arguments.addAll(List.of(more));
        return run(arguments.toArray(String[]::new));
    }

    private Result run(String... arguments) {
        StringWriter err = new StringWriter();
        CommandLine commandLine =
                Main.commandLine().setOut(new PrintWriter(new StringWriter())).setErr(new PrintWriter(err));
        List<String> all = new ArrayList<>(List.of(arguments));
        if (!arguments[0].equals("run")) {
            all.addAll(List.of(
                    "--project",
                    project.root().toString(),
                    "--mirror",
                    mirror.root().toString()));
            all.addAll(List.of("--keyring", keyring().toString()));
        }
        if (arguments[0].equals("build") && !all.contains("--cache")) {
            all.addAll(List.of("--cache", directory.resolve("store").toString()));
        }
        return new Result(commandLine.execute(all.toArray(String[]::new)), err.toString());
    }

    private Path keyring() {
        try {
            return Files.write(directory.resolve("key.pgp"), key.publicKey());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Path out(String path) {
        return directory.resolve("out").resolve(path);
    }

    private static TestDeb kernel(Architecture architecture) {
        return TestDeb.of("linux-image-mini", "6.12.1-1")
                .on(architecture.debianName())
                .file("boot/vmlinuz-6.12.1-test", "the kernel for " + architecture.debianName())
                .file(MODULES + "modules.order", "kernel/fs/ext4/ext4.ko\n")
                .file(MODULES + "modules.builtin", "")
                .file(MODULES + "modules.builtin.modinfo", "")
                .file(
                        MODULES + "kernel/fs/ext4/ext4.ko.xz",
                        ModuleFixture.module(architecture).toXz());
    }
}
