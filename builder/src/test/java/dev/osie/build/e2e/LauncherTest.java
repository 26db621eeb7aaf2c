package dev.osie.build.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code osie-build}, in a place of its own and with nothing on the path of programs but what POSIX promises. */
@Tag("tools")
final class LauncherTest {
    private static final int MISSING_TOOL = 5;
    private static final List<String> POSIX =
            List.of("sh", "dirname", "readlink", "sed", "find", "date", "mkdir", "rm");

    @TempDir
    private Path directory;

    private Path programs;
    private Path launcher;

    @BeforeEach
    void copyLauncher() throws IOException {
        launcher = directory.resolve("a checkout/osie-build");
        Project.copy(Project.checkout().directory().resolve("osie-build"), launcher);
        programs = Files.createDirectory(directory.resolve("programs"));
        for (String name : POSIX) {
            script(name, "exec " + HostTool.require(name, "coreutils").executable() + " \"$@\"");
        }
    }

    @Test
    void saysThatThereIsNoJava() throws Exception {
        assertThat(output(MISSING_TOOL, launcher)).contains("there is no java", "apt install openjdk-17");
    }

    @Test
    void saysThatJavaIsTooOld() throws Exception {
        script("java", "echo 'openjdk version \"11.0.2\" 2019-01-15' >&2");

        assertThat(output(MISSING_TOOL, launcher)).contains("it is version 11", "needs 17");
    }

    @Test
    void saysThatThereIsNoMavenToBuildWith() throws Exception {
        script("java", "echo 'openjdk version \"17.0.1\" 2021-10-19' >&2");

        assertThat(output(MISSING_TOOL, launcher)).contains("there is no mvn", "apt install maven");
    }

    @Test
    void findsItsCheckoutThroughLinksAndBuildsOnlyOnce() throws Exception {
        script("java", "case $* in *-version*) echo 'openjdk version \"21\"' >&2 ;; *) echo \"runs $*\" ;; esac");
        script(
                "mvn",
                "mkdir -p builder/target worker-service/target; >builder/target/osie-build.jar; >worker-service/target/tink-worker.jar");
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("a checkout/osie-build"));
        Path linkToLink = Files.createSymbolicLink(directory.resolve("programs/osie-build"), link);

        assertThat(output(0, linkToLink, "compose", "two words"))
                .contains("Building osie-build (first run only)")
                .contains(" -Xmx256m ")
                .endsWith(" -jar " + directory.toRealPath()
                        + "/a checkout/builder/target/osie-build.jar compose two words\n");
        assertThat(output(0, linkToLink, "compose")).startsWith("runs ");

        Files.writeString(launcher.resolveSibling("pom.xml"), "newer than the jar");

        assertThat(output(0, linkToLink, "compose")).contains("Building osie-build (its sources changed)");
    }

    private void script(String name, String body) throws IOException {
        Path file = Files.writeString(programs.resolve(name), "#!/bin/sh\n" + body + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private String output(int exitCode, Path command, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(command.toString()));
        all.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(all).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("PATH", programs.toString());
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(output).isEqualTo(exitCode);
        return output;
    }
}
