package dev.osie.build.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.platform.Architecture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same inputs give the same bytes, whoever builds them, wherever and however. */
@Tag("tools")
final class ReproducibilityTest {
    /** Nobody's, on every Debian. */
    private static final String OTHER_USER = "65534";

    private static Reference reference;

    @TempDir
    private Path directory;

    @BeforeAll
    static void buildReference() throws Exception {
        reference = Reference.build();
    }

    @Test
    void anotherUserElsewhereWithOtherSettingsAndOneCoreGetsTheSameBytes() throws Exception {
        Project elsewhere = Project.checkout().copyTo(directory.resolve("a deeper place/project"));
        Path cache = directory.resolve("cache");
        reference.copyPackages(cache, Architecture.values());
        Path lock = Files.copy(reference.lock(), directory.resolve("osie.lock"));
        letAnybodyWrite();

        // Each by itself and the other way round, where the reference was built in one go.
        for (Architecture architecture : List.of(Architecture.AARCH64, Architecture.X86_64)) {
            Path output = directory.resolve("output-" + architecture);
            elsewhere
                    .osieBuild()
                    .cachingIn(cache)
                    .with("TZ", "Asia/Kathmandu")
                    .with("LANG", "tr_TR.UTF-8")
                    .with("HOME", directory.toString())
                    // Turkish has an i without a dot, and ISO-8859-9 no Unicode.
                    .with("JAVA_TOOL_OPTIONS", "-Duser.language=tr -Duser.country=TR -Dfile.encoding=ISO-8859-9")
                    .under(asOtherUserOnOneCore())
                    .run(
                            "build",
                            "hook",
                            "--arch",
                            architecture.debianName(),
                            "--output",
                            output.toString(),
                            "--lock",
                            lock.toString())
                    .succeeded();

            assertSameFiles(output, architecture);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBuildWithNothingToDoLeavesTheSameBytes(Architecture architecture) throws Exception {
        Path output = directory.resolve("again");

        Project.checkout()
                .osieBuild()
                .cachingIn(reference.cache())
                .run(
                        "build",
                        "hook",
                        "--arch",
                        architecture.toString(),
                        "--output",
                        output.toString(),
                        "--lock",
                        reference.lock().toString())
                .succeeded();

        assertSameFiles(output, architecture);
    }

    /** umask 077, one core, and, where the tests may, another user. */
    private static String[] asOtherUserOnOneCore() {
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(HostTool.require("setpriv", "util-linux")
                    .command("--reuid=" + OTHER_USER, "--regid=" + OTHER_USER, "--clear-groups"));
        }
        command.addAll(HostTool.require("taskset", "util-linux")
                .command("-c", "0", "/bin/sh", "-c", "umask 077; exec \"$@\"", "sh"));
        return command.toArray(String[]::new);
    }

    private void letAnybodyWrite() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                boolean runs = Files.isDirectory(file) || Files.isExecutable(file);
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(runs ? "rwxrwxrwx" : "rw-rw-rw-"));
            }
        }
        // The temporary directories above it are the tests' own too.
        for (Path above = directory.getParent();
                !above.equals(Path.of(System.getProperty("java.io.tmpdir")));
                above = above.getParent()) {
            Files.setPosixFilePermissions(above, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private static void assertSameFiles(Path output, Architecture architecture) throws IOException {
        Path expected = reference.output(architecture);
        assertThat(names(output)).isEqualTo(names(expected)).isNotEmpty();
        for (String name : names(output)) {
            assertThat(Files.mismatch(output.resolve(name), expected.resolve(name)))
                    .as("first byte at which %s differs", name)
                    .isEqualTo(-1);
        }
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
