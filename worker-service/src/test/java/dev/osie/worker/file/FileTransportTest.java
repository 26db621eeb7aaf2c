package dev.osie.worker.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.worker.action.Action;
import dev.osie.worker.action.Outcome;
import dev.osie.worker.console.Console;
import dev.osie.worker.workflow.Answer;
import dev.osie.worker.workflow.Execution;
import dev.osie.worker.workflow.Receipt;
import dev.osie.worker.workflow.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileTransportTest {
    private static final String TWO = """
            - name: partition
              image: registry.example/partition:1
            - name: write
              image: registry.example/write:1
            """;

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private Path file;
    private Transport transport;

    @BeforeEach
    void open() {
        file = directory.resolve("install.yaml");
        transport = new FileTransport(file, "w", new Console(output));
    }

    @Test
    void readsAllThatAnActionCanHave() throws IOException {
        write("""
                - id: "7"
                  task_id: t
                  workflow_id: lab/install
                  worker_id: other
                  name: write image
                  image: registry.example/write:1
                  args: [sh, -c, "x y", yes, 0777]
                  env:
                    - { key: A, value: "b=c d" }
                    - { key: EMPTY }
                  volumes: ["/dev:/dev"]
                  namespaces: { network: host, pid: host }
                  timeoutSeconds: 90
                """);

        Action action = work();

        assertThat(action.id()).isEqualTo("7");
        assertThat(action.task()).isEqualTo("t");
        assertThat(action.agent()).isEqualTo("other");
        assertThat(action).hasToString("lab/install · write image");
        assertThat(action.image()).isEqualTo("registry.example/write:1");
        assertThat(action.command()).containsExactly("sh", "-c", "x y", "yes", "0777");
        assertThat(action.environment()).containsExactly("A=b=c d", "EMPTY=");
        assertThat(action.volumes()).containsExactly("/dev:/dev");
        assertThat(action.networkNamespace()).isEqualTo("host");
        assertThat(action.pidNamespace()).isEqualTo("host");
        assertThat(action.limit()).contains(Duration.ofSeconds(90));
    }

    @Test
    void nameAndImageAreEnoughAndJsonIsYamlToo() throws IOException {
        write("[{\"name\": \"a\", \"image\": \"img\"}]");

        assertThat(work()).hasToString("install · a");
        assertThat(work().limit()).isEmpty();
    }

    @Test
    void handsOutTheActionsInOrderAndThenWaits() throws IOException {
        write(TWO);

        assertThat(perform(Outcome.success())).isEqualTo("partition");
        assertThat(perform(Outcome.success())).isEqualTo("write");
        assertThat(transport.next()).isInstanceOf(Answer.Nothing.class);
        assertThat(output.toString(UTF_8))
                .isEqualTo("workflow install: SUCCESS; its results are in " + file + ".status\n");
    }

    @Test
    void nothingFollowsAnActionThatFailed() throws IOException {
        write(TWO);
        perform(Outcome.failed("no \"disk\""));

        assertThat(transport.next()).isInstanceOf(Answer.Nothing.class);
        assertThat(Path.of(file + ".status")).content().isEqualTo("""
                {
                  "workflow": "install",
                  "digest": "sha256:3e0ee52873ebfa2fefbd33085af322272948f0488149f3bf00c8169a3c7d9a4e",
                  "state": "FAILED",
                  "actions": [
                    {
                      "name": "partition",
                      "state": "FAILED",
                      "seconds": 4,
                      "message": "no \\"disk\\""
                    },
                    {
                      "name": "write",
                      "state": "PENDING",
                      "seconds": 0,
                      "message": ""
                    }
                  ]
                }
                """);
    }

    @Test
    void afterARestartTheActionThatWasNotDoneIsHandedOutAgain() throws IOException {
        write(TWO);
        perform(Outcome.success());
        transport.reportRunning(new Execution(work(), InstantSource.system()));

        transport = new FileTransport(file, "w", new Console(output));

        assertThat(perform(Outcome.success())).isEqualTo("write");
        transport = new FileTransport(file, "w", new Console(output));
        assertThat(transport.next()).isInstanceOf(Answer.Nothing.class);
    }

    @Test
    void aFileWithAnotherContentIsAnotherWorkflow() throws IOException {
        write(TWO);
        perform(Outcome.failed("no disk"));
        write(TWO + "# again\n");

        assertThat(perform(Outcome.success())).isEqualTo("partition");
    }

    @Test
    void waitsForAFileThatIsNotThereYet() throws IOException {
        assertThat(failure()).isEqualTo("can't take its workflow: there is no file " + file);

        write(TWO);
        assertThat(work().name()).isEqualTo("partition");
    }

    @Test
    void aStatusThatCannotBeWrittenIsSaidOnceAndStopsNothing() throws IOException {
        write(TWO);
        Files.createDirectories(Path.of(file + ".status/x"));

        assertThat(perform(Outcome.success())).isEqualTo("partition");
        assertThat(perform(Outcome.success())).isEqualTo("write");
        assertThat(transport.next()).isInstanceOf(Answer.Nothing.class);
        assertThat(output.toString(UTF_8).lines().filter(line -> line.contains("can't write")))
                .hasSize(1);
    }

    @Test
    void aStatusOfGarbageCountsForNothing() throws IOException {
        write(TWO);
        Files.writeString(Path.of(file + ".status"), "{ digest: [");

        assertThat(work().name()).isEqualTo("partition");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "name: a | :1:1: expected a list of actions",
                "- a | :1:3: expected an action: a mapping with name and image",
                "- name: a | :1:3: an action needs 'image'",
                "- { image: i } | :1:3: an action needs 'name'",
                "- { name: a, image: i, imgae: x } | :1:31: unknown key 'imgae', expected one of args, env,",
                "- { name: a, name: b, image: i } | :1:14: the key 'name' is there twice",
                "- { name: a, image: i, args: sh } | :1:30: expected a list of texts for 'args'",
                "- { name: [a], image: i } | :1:11: expected one text for 'name'",
                "- { name: a, image: i, env: [{ name: A }] } | :1:38: unknown key 'name', expected one of key, value",
                "- { name: a, image: i, timeoutSeconds: -1 } | :1:40: timeoutSeconds is '-1', expected a whole number",
                "- { name: a, image: i, timeoutSeconds: 1h } | :1:40: timeoutSeconds is '1h', expected a whole number",
                "- { name: a, image: i, namespaces: { ipc: host } } | :1:43: unknown key 'ipc'",
                "- { name: a | :1:12: expected ',' or '}'",
                "- [[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]] | Nesting Depth exceeded",
                "`` | is empty, expected a list of actions"
            })
    void namesTheLineOfWhatItCannotUse(String text, String message) throws IOException {
        write(text);

        assertThat(failure()).startsWith("can't take its workflow: " + file).contains(message);
    }

    @Test
    void refusesAFileThatIsNoTextOrTooLarge() throws IOException {
        Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe});
        assertThat(failure()).endsWith("is not in UTF-8");

        Files.write(file, new byte[1024 * 1024 + 1]);
        assertThat(failure()).endsWith("is larger than 1024 KiB");

        Files.delete(file);
        Files.createDirectory(file);
        assertThat(failure()).contains("can't read " + file);
    }

    private void write(String text) throws IOException {
        Files.writeString(file, text);
    }

    private Action work() {
        Answer answer = transport.next();
        assertThat(answer).isInstanceOf(Answer.Work.class);
        return ((Answer.Work) answer).action();
    }

    private String failure() {
        Answer answer = transport.next();
        assertThat(answer).isInstanceOf(Answer.Failure.class);
        return ((Answer.Failure) answer).reason();
    }

    private String perform(Outcome outcome) {
        Execution execution = new Execution(work(), InstantSource.system());
        assertThat(List.of(
                        transport.reportRunning(execution),
                        transport.report(execution, Duration.ofMillis(4100), outcome)))
                .allMatch(receipt -> receipt instanceof Receipt.Accepted);
        return execution.action().name();
    }
}
