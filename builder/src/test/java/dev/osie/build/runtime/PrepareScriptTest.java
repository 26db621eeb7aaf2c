package dev.osie.build.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.spec.OsieDocument;
import dev.osie.build.tree.Node;
import dev.osie.build.yaml.YamlReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the scripts with the shell they are for; only the programs that would change the machine are replaced by a record. */
@Tag("tools")
class PrepareScriptTest {
    private static final String HOSTILE = "/a $(touch broken) `touch broken` 'x' \"y\" \\ ; touch broken #";

    @TempDir
    Path directory;

    @Test
    void passesHostilePathsToTheProgramsAsTheyStand() throws Exception {
        List<String> calls = run("""
                onboot:
                  - name: m
                    image: i
                    runtime:
                      mkdir: ["%s"]
                """.formatted(HOSTILE.replace("\\", "\\\\").replace("\"", "\\\"")));

        assertThat(calls).contains("mkdir|-p|" + HOSTILE);
        assertThat(directory.resolve("broken")).doesNotExist();
    }

    @Test
    void stopsAtTheFirstCommandThatFails() throws Exception {
        List<String> calls = run("""
                onboot:
                  - { name: m, image: i, runtime: { mkdir: [/fails, /never] } }
                """);

        assertThat(calls).last().isEqualTo("mkdir|-p|/fails");
    }

    private List<String> run(String yaml) throws Exception {
        Path busybox = findBusybox();
        Path calls = directory.resolve("calls");
        String functions = """
                record() {
                    (IFS='|'; echo "$*") >>calls
                    [ "$3" != /fails ]
                }
                mount() { record mount "$@"; }
                mkdir() { record mkdir "$@"; }
                cd() { :; }
                """;
        Path script = Files.writeString(directory.resolve("script"), functions + prepare(yaml));
        Process shell = new ProcessBuilder(busybox.toString(), "sh", script.toString())
                .directory(directory.toFile())
                .inheritIO()
                .start();
        assertThat(shell.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return Files.readAllLines(calls);
    }

    private static Path findBusybox() {
        return List.of("/bin/busybox", "/usr/bin/busybox").stream()
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError("This test needs busybox: apt install busybox-static"));
    }

    private static String prepare(String yaml) throws IOException {
        ContainerImage image =
                new ContainerImage(List.of("/x"), List.of(), List.of(), "", "", Optional.empty(), List.of("aa", "bb"));
        Bundle bundle = Bundles.of(
                        OsieDocument.read(YamlReader.read("t.yaml", yaml)),
                        name -> image,
                        file -> Path.of(file.file()),
                        ImageLayout.SHARED,
                        0)
                .stream()
                .filter(found -> found.directory().startsWith("containers/onboot/"))
                .findFirst()
                .orElseThrow();
        Node.RegularFile script = (Node.RegularFile)
                bundle.tree().get(bundle.directory() + "/prepare").orElseThrow();
        try (InputStream in = script.content().open()) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }
}
