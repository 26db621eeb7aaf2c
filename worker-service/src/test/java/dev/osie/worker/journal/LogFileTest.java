package dev.osie.worker.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.worker.console.Console;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {
    private static final long LIMIT = 1000;

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final Console console = new Console(output);
    private Path file;

    @BeforeEach
    void nameFile() {
        file = directory.resolve("worker.log");
    }

    @Test
    void keepsWhatIsOnTheConsoleWithItsTime() throws IOException {
        try (LogFile log = new LogFile(file, LIMIT, console)) {
            console.copyTo(List.of(log));
            console.line("partition | a\u001b[2Jb");
            console.line("partition ! ä", true);
        }

        assertThat(Files.readAllLines(file))
                .hasSize(2)
                .allMatch(line -> line.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{3})?Z .*"));
        assertThat(Files.readAllLines(file).get(0)).endsWith("Z partition | a [2Jb");
        assertThat(Files.readAllLines(file).get(1)).endsWith("Z partition ! ä");
    }

    @Test
    void goesOnWithTheFileThatIsThere() throws IOException {
        for (String line : List.of("before", "after a restart")) {
            try (LogFile log = new LogFile(file, LIMIT, console)) {
                log.write(false, line);
            }
        }

        assertThat(Files.readAllLines(file)).hasSize(2).last().asString().endsWith(" after a restart");
    }

    @Test
    void takesTwiceItsLimitAtMostHoweverMuchIsWritten() throws IOException {
        try (LogFile log = new LogFile(file, LIMIT, console)) {
            for (int i = 0; i < 500; i++) {
                log.write(false, "line " + i);
            }
        }

        Path earlier = directory.resolve("worker.log.1");
        assertThat(Files.size(file)).isLessThanOrEqualTo(LIMIT);
        assertThat(Files.size(earlier)).isBetween(LIMIT / 2, LIMIT);
        assertThat(Files.readAllLines(file)).last().asString().endsWith(" line 499");
        String first = Files.readAllLines(file).get(0).replaceAll(".* ", "");
        assertThat(Files.readAllLines(earlier)).last().asString().endsWith(" line " + (Integer.parseInt(first) - 1));
        try (var files = Files.list(directory)) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void saysOnceThatItCannotWrite() {
        try (LogFile log = new LogFile(directory.resolve("none/worker.log"), LIMIT, console)) {
            console.copyTo(List.of(log));
            console.line("one");
            console.line("two");
        }

        assertThat(output.toString(UTF_8).lines())
                .hasSize(3)
                .filteredOn(line -> line.contains("going on without"))
                .hasSize(1);
    }
}
