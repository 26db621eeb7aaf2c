package dev.osie.worker.action;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineSplitterTest {
    private final List<String> lines = new ArrayList<>();
    private final LineSplitter splitter = new LineSplitter(lines::add);

    @Test
    void joinsPiecesToLines() {
        write("one\ntw");
        write("o\nthree");
        splitter.end();

        assertThat(lines).containsExactly("one", "two", "three");
    }

    @Test
    void progressDrawnWithCarriageReturnsIsLinesToo() {
        write("10 %\r20 %\rdone\r\n");

        assertThat(lines).containsExactly("10 %", "20 %", "done");
    }

    @Test
    void aCharacterMayComeInTwoPieces() {
        byte[] bytes = "ä\n".getBytes(UTF_8);
        splitter.write(new byte[] {bytes[0]});
        splitter.write(new byte[] {bytes[1], bytes[2]});

        assertThat(lines).containsExactly("ä");
    }

    @Test
    void aLineWithoutEndComesInBoundedPieces() {
        byte[] garbage = new byte[10 * LineSplitter.LIMIT];
        Arrays.fill(garbage, (byte) 0x80);

        splitter.write(garbage);

        assertThat(lines).hasSizeGreaterThan(8).allMatch(line -> line.length() <= LineSplitter.LIMIT + 3);
    }

    @Test
    void doesNotCutCharacters() {
        write("x" + "€".repeat(LineSplitter.LIMIT));
        splitter.end();

        assertThat(String.join("", lines)).isEqualTo("x" + "€".repeat(LineSplitter.LIMIT));
    }

    private void write(String text) {
        splitter.write(text.getBytes(UTF_8));
    }
}
