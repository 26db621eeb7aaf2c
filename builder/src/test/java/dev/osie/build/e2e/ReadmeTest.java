package dev.osie.build.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README is short, and what it tells people to type works. */
@Tag("tools")
final class ReadmeTest {
    private static final Pattern COMMAND = Pattern.compile("^ {4}((?:make|\\./osie-build) .*)$", Pattern.MULTILINE);
    private static final Pattern SNIPPET = Pattern.compile("(?m)^ {4}# lab\\.yaml\\n((?: {4}.*\\n)+)");

    @TempDir
    private Path directory;

    @Test
    void isShort() throws IOException {
        assertThat(readme().lines()).hasSizeLessThan(150);
    }

    @Test
    void namesFilesThatAreThere() throws IOException {
        Matcher links = Pattern.compile("\\]\\(([^):]+)\\)").matcher(readme());
        while (links.find()) {
            assertThat(Project.checkout().directory().resolve(links.group(1))).exists();
        }
    }

    @Test
    void itsCommandsWork() throws Exception {
        Reference reference = Reference.build();
        Project project = Project.checkout().copyTo(directory.resolve("project"));
        Files.copy(
                Project.checkout().directory().resolve("Makefile"),
                project.directory().resolve("Makefile"));
        Files.copy(reference.lock(), project.directory().resolve("linuxkit-templates/flavors/osie.lock"));
        Matcher snippet = SNIPPET.matcher(readme());
        assertThat(snippet.find()).as("the README shows an overlay").isTrue();
        project.write("lab.yaml", snippet.group(1).indent(-4));

        List<String> commands =
                COMMAND.matcher(readme()).results().map(match -> match.group(1)).toList();
        assertThat(commands).hasSizeGreaterThanOrEqualTo(3);
        for (String command : commands) {
            run(project, reference, command);
        }
        assertThat(project.directory().resolve("out/hook-x86_64/checksum.txt")).isNotEmptyFile();
    }

    private static void run(Project project, Reference reference, String command) throws Exception {
        // A machine that boots does not end by itself: BootTest boots one, here its command line is made.
        String ending = command.startsWith("./osie-build run") ? command + " --dry-run" : command;
        Path log = project.directory().resolve("command.log");
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", ending)
                .directory(project.directory().toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("XDG_CACHE_HOME", reference.cache().toString());
        Process process = builder.start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).as(command).isTrue();
        assertThat(process.exitValue())
                .as(command + "\n" + Files.readString(log))
                .isZero();
    }

    private static String readme() throws IOException {
        return Files.readString(Project.checkout().directory().resolve("README.md"));
    }
}
