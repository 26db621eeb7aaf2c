package dev.osie.worker.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsoleTest {
    @Test
    void keepsATerminalSafeFromWhatActionsWrite() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        new Console(out).line("a\u001b[2Jb\u009bc\td·…");

        assertThat(out.toString(UTF_8)).isEqualTo("a [2Jb c d·…\n");
    }

    @Test
    void aClosedConsoleStopsNobody() {
        new Console(new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("closed");
                    }
                })
                .line("text");
    }

    @ParameterizedTest
    @CsvSource({"-5, 0.0 s", "449, 0.4 s", "9999, 9.9 s", "59999, 59 s", "62000, 1 min 2 s", "7500000, 2 h 5 min"})
    void durationsHaveUnits(long millis, String text) {
        assertThat(ElapsedTime.format(Duration.ofMillis(millis))).isEqualTo(text);
    }
}
