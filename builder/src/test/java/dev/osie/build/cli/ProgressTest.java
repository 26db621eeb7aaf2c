package dev.osie.build.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.osie.build.progress.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressTest {
    private final StringWriter screen = new StringWriter();
    private final PrintWriter out = new PrintWriter(screen);

    @Test
    void aPipeSeesALineForEachStepThatEndedWell() {
        Progress progress = new PlainProgress(out);
        try (Progress.Step step = progress.start("packages", 2_000_000)) {
            step.advance(2_000_000);
            step.done("2 packages");
        }
        try (Progress.Step step = progress.start("kernel", 0)) {
            step.advance(0);
        }
        progress.warn("mind this");

        assertThat(screen.toString().lines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .startsWith("  packages   2.0 MB   ")
                                .endsWith("/s   2 packages"),
                        line -> assertThat(line).isEqualTo("warning: mind this"));
    }

    @Test
    void aTerminalKeepsNoLineOfAStepThatFailed() {
        Progress progress = new LiveProgress(out);
        Progress.Step step = progress.start("packages", 0);
        progress.info("a line above");
        step.close();

        assertThat(shown()).containsExactly("a line above");
    }

    @Test
    void aTerminalSeesRunningStepsBelowFinishedOnes() {
        Progress progress = new LiveProgress(out);
        progress.start("pack", 100);
        progress.start("kernel", 0).done("linux");

        assertThat(shown()).containsExactly("  kernel     linux", "  pack       …");
    }

    @Test
    void aProgramGetsAnObjectALine() throws IOException {
        Progress progress = new JsonProgress(out);
        try (Progress.Step step = progress.start("pack", 10)) {
            step.advance(10);
            step.done("1 segment");
        }
        progress.start("kernel", 0).close();

        List<String> events = new ArrayList<>();
        for (String line : screen.toString().lines().toList()) {
            JsonNode event = new ObjectMapper().readTree(line);
            events.add(event.get("event").asText() + " " + event.get("step").asText());
        }
        assertThat(events).containsExactly("start pack", "done pack", "start kernel", "failed kernel");
    }

    @ParameterizedTest
    @CsvSource({
        "0,0 B",
        "999,999 B",
        "1000,1.0 kB",
        "12171200,12.2 MB",
        "999600,1.0 MB",
        "128120082,128 MB",
        "5000000000,5.0 GB"
    })
    void sizesAreDecimalWithThreeDigits(long bytes, String text) {
        assertThat(Sizes.bytes(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"400000000,0.4 s", "9960000000,10 s", "48400000000,48 s", "125000000000,2 min 5 s"})
    void timesAreAsLongAsTheyNeedToBe(long nanoseconds, String text) {
        assertThat(Sizes.seconds(nanoseconds)).isEqualTo(text);
    }

    /** What a terminal shows after the escape sequences for "clear this line" and "one line up". */
    private List<String> shown() {
        List<String> lines = new ArrayList<>(List.of(""));
        for (String part : screen.toString().split("(?<=\n)|(?=\033)")) {
            String text = part;
            if (text.startsWith("\033[2K\r")) {
                lines.set(lines.size() - 1, "");
                text = text.substring(5);
            } else if (text.startsWith("\033[1A")) {
                lines.remove(lines.size() - 1);
                text = text.substring(4);
            }
            if (!text.isEmpty()) {
                lines.set(lines.size() - 1, lines.get(lines.size() - 1) + text.replace("\n", ""));
                if (text.endsWith("\n")) {
                    lines.add("");
                }
            }
        }
        lines.remove(lines.size() - 1);
        return lines;
    }
}
