package dev.osie.build.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.lock.Lock;
import dev.osie.build.lock.LockFile;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is wrong, the user gets one message that says what and where, the exit code of its kind, and keeps the earlier pair. */
@Tag("tools")
final class BadInputTest {
    private static final int BAD_INPUT = 2;
    private static final int UNAVAILABLE = 3;
    private static final int VERIFICATION = 4;

    @TempDir
    private static Path shared;

    private static Reference reference;
    private static Project project;

    @TempDir
    private Path directory;

    private Path output;

    @BeforeAll
    static void copyProject() throws Exception {
        reference = Reference.build();
        project = Project.checkout().copyTo(shared.resolve("project"));
    }

    @BeforeEach
    void leaveAnEarlierPair() throws IOException {
        output = Files.createDirectory(directory.resolve("output"));
        Files.writeString(output.resolve("initramfs-x86_64"), "earlier");
    }

    @AfterEach
    void keepsTheEarlierPair() {
        assertThat(output).isDirectoryNotContaining("glob:**/vmlinuz*");
        assertThat(output.resolve("initramfs-x86_64")).hasContent("earlier");
    }

    @Test
    void anUnknownKey() throws Exception {
        assertThat(failure(BAD_INPUT, overlay("service: []\n")))
                .contains("overlay.yaml:1:1", "unknown key 'service'", "did you mean 'services'?");
    }

    @Test
    void aModeWithoutQuotes() throws Exception {
        assertThat(failure(BAD_INPUT, overlay("files:\n  - { path: etc/a, contents: a, mode: 0644 }\n")))
                .contains("overlay.yaml:2:", "mode", "\"0644\"");
    }

    @Test
    void aPathThatLeavesTheTree() throws Exception {
        assertThat(failure(BAD_INPUT, overlay("files:\n  - { path: ../etc/a, contents: a, mode: \"0644\" }\n")))
                .contains("overlay.yaml:2:", "../etc/a");
    }

    @Test
    void aTextThatIsNoYaml() throws Exception {
        assertThat(failure(BAD_INPUT, overlay("files: [\n"))).contains("overlay.yaml:2:");
    }

    @Test
    void aRecipeThatIsNotThere() throws Exception {
        assertThat(failure(BAD_INPUT, overlay("services:\n  - { name: agent, image: \"@image:no-such\" }\n")))
                .contains("no-such");
    }

    @Test
    void aFlavorThatIsNotThere() throws Exception {
        OsieBuild.Result result =
                project.osieBuild().cachingIn(reference.cache()).run("build", "hok", "--output", output.toString());

        assertThat(result.exitCode()).isEqualTo(BAD_INPUT);
        assertThat(result.errors()).contains("hok", "hook");
    }

    @Test
    void anOptionThatIsNotThere() throws Exception {
        assertThat(failure(BAD_INPUT, "--overlays", "a.yaml"))
                .contains("--overlays")
                .contains("--overlay");
    }

    @Test
    void anUnknownPackage() throws Exception {
        project.write("images/unknown/image.yaml", "description: a\npackages: [no-such-package]\n");

        assertThat(failureWithoutLock(overlay("services:\n  - { name: agent, image: \"@image:unknown\" }\n")))
                .contains("no-such-package", "unknown");
    }

    @Test
    void aDependencyThatCannotBeSatisfied() throws Exception {
        project.write("images/unsatisfiable/image.yaml", "description: a\npackages: [\"busybox-static (>= 99)\"]\n");

        assertThat(failureWithoutLock(overlay("services:\n  - { name: agent, image: \"@image:unsatisfiable\" }\n")))
                .contains("busybox-static", "99");
    }

    @Test
    void aMirrorThatCannotBeReached() throws Exception {
        OsieBuild.Result result = project.osieBuild()
                .cachingIn(directory.resolve("cache"))
                .run(
                        "build",
                        "hook",
                        "--output",
                        output.toString(),
                        "--mirror",
                        "http://127.0.0.1:1/debian",
                        "--lock",
                        directory.resolve("osie.lock").toString());

        assertThat(result.exitCode()).as(result.errors()).isEqualTo(UNAVAILABLE);
        assertThat(result.errors()).contains("127.0.0.1:1").doesNotContain("bug of osie-build");
        assertThat(directory.resolve("osie.lock")).doesNotExist();
    }

    @Test
    void aLockThatSomebodyEdited() throws Exception {
        Path edited = directory.resolve("osie.lock");
        Files.writeString(edited, Files.readString(reference.lock()).replaceFirst("date: \"20", "date: \"19"));

        assertThat(run(VERIFICATION, List.of("--lock", edited.toString())))
                .contains("osie.lock is not as osie-build wrote it");
    }

    @Test
    void aLockThatAsksForOtherBytesThanTheMirrorHas() throws Exception {
        Path altered = directory.resolve("osie.lock");
        Lock lock = LockFile.read(reference.lock());
        SortedSet<BinaryPackage> packages = new TreeSet<>();
        for (BinaryPackage binary : lock.packages()) {
            Blob other = new Blob(Digest.ofText(binary.name()), binary.deb().size());
            packages.add(new BinaryPackage(
                    binary.name(), binary.version(), binary.architecture(), binary.archive(), binary.path(), other));
        }
        LockFile.create(altered, lock.withPackages(lock.suites(), packages, lock.sets()));

        OsieBuild.Result result = project.osieBuild()
                .cachingIn(directory.resolve("cache"))
                .run("build", "hook", "--output", output.toString(), "--lock", altered.toString());

        assertThat(result.exitCode()).as(result.errors()).isIn(UNAVAILABLE, VERIFICATION);
        assertThat(result.errors()).contains("sha256").doesNotContain("bug of osie-build");
    }

    private String failureWithoutLock(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--lock", directory.resolve("osie.lock").toString()));
        String message = run(BAD_INPUT, all);
        assertThat(directory.resolve("osie.lock")).doesNotExist();
        return message;
    }

    private String failure(int exitCode, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--lock", reference.lock().toString()));
        return run(exitCode, all);
    }

    /** What a build that fails says, once it is certain that it failed as it should. */
    private String run(int exitCode, List<String> more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("build", "hook", "--output", output.toString()));
        arguments.addAll(more);
        OsieBuild.Result result =
                project.osieBuild().cachingIn(reference.cache()).run(arguments.toArray(String[]::new));
        assertThat(result.exitCode()).as(result.errors()).isEqualTo(exitCode);
        assertThat(result.output()).isEmpty();
        assertThat(result.errors()).doesNotContain("bug of osie-build", "\tat ");
        return result.errors();
    }

    private String[] overlay(String content) throws IOException {
        Path file = Files.writeString(directory.resolve("overlay.yaml"), content);
        return new String[] {"--overlay", file.toString()};
    }
}
