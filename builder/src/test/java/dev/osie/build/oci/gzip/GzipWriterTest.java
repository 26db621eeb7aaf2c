package dev.osie.build.oci.gzip;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.store.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

final class GzipWriterTest {
    private static final int LARGE = 3_000_000;

    private final Random random = new Random(20_261_125);

    @Test
    void comesBackAsItWas() throws IOException {
        assertComesBack(new byte[0]);
        assertComesBack(new byte[1]);
        assertComesBack("abc".getBytes(UTF_8));
        assertComesBack(new byte[LARGE]);
        assertComesBack(noise(LARGE));
        assertComesBack(words(LARGE));
        assertComesBack(steep());
    }

    @Test
    void comesBackWhateverItsSizeAndAlphabet() throws IOException {
        for (int i = 0; i < 300; i++) {
            byte[] content = new byte[random.nextInt(70_000)];
            int letters = 1 + random.nextInt(i % 3 == 0 ? 3 : 256);
            for (int at = 0; at < content.length; at++) {
                content[at] = (byte)
                        (random.nextInt(8) == 0 || at < 300
                                ? random.nextInt(letters)
                                : content[at - 1 - random.nextInt(300)]);
            }
            assertComesBack(content);
        }
    }

    @Test
    void comesBackAroundTheEdgesOfTheWindow() throws IOException {
        byte[] block = noise(1000);
        for (int distance : new int[] {32_766, 32_767, 32_768, 32_769, (1 << 18) - 3, (1 << 18) + (1 << 15) + 2}) {
            byte[] content = noise(distance + block.length);
            System.arraycopy(block, 0, content, 0, block.length);
            System.arraycopy(block, 0, content, distance, block.length);
            assertComesBack(content);
        }
    }

    /** The digest is what every machine makes of this: when it changes, {@link GzipWriter#FORMAT} rises, and all pushed layers change. */
    @Test
    void givesTheSameBytesEverywhere() throws IOException {
        assertThat(Digest.of(compress(words(LARGE))))
                .hasToString("sha256:7e1adfa2cb7d87f7e1342a2790c5c5b92ddff4de231b7aca762ce19e85fd0fbe");
    }

    @Test
    void doesNotDependOnHowItIsWritten() throws IOException {
        byte[] content = words(700_000);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GzipWriter gzip = new GzipWriter(out)) {
            for (int done = 0; done < content.length; ) {
                int count = Math.min(content.length - done, 1 + random.nextInt(100_000));
                gzip.write(content, done, count);
                done += count;
            }
        }

        assertThat(out.toByteArray()).isEqualTo(compress(content));
    }

    @Test
    void isAsSmallAsThePlatformsOwnAndNeverMuchLargerThanTheContent() throws IOException {
        byte[] words = words(LARGE);
        ByteArrayOutputStream platform = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(platform)) {
            gzip.write(words);
        }

        assertThat(compress(words).length).isLessThan(platform.size() * 105 / 100);
        assertThat(compress(noise(LARGE)).length).isLessThan(LARGE + LARGE / 1000);
        assertThat(compress(new byte[LARGE]).length).isLessThan(LARGE / 500);
    }

    private static void assertComesBack(byte[] content) throws IOException {
        byte[] compressed = compress(content);
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
            assertThat(in.readAllBytes()).isEqualTo(content);
        }
    }

    private static byte[] compress(byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GzipWriter gzip = new GzipWriter(out)) {
            gzip.write(content);
        }
        return out.toByteArray();
    }

    private byte[] noise(int size) {
        byte[] content = new byte[size];
        random.nextBytes(content);
        return content;
    }

    /** Words of a small language, common ones often. */
    private static byte[] words(int size) {
        Random random = new Random(7);
        String[] words = new String[2000];
        for (int i = 0; i < words.length; i++) {
            StringBuilder word = new StringBuilder();
            for (int letter = random.nextInt(9); letter >= 0; letter--) {
                word.append((char) ('a' + random.nextInt(26)));
            }
            words[i] = word.append(random.nextInt(12) == 0 ? "\n" : " ").toString();
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        while (out.size() < size) {
            int which = Math.min(random.nextInt(words.length), random.nextInt(words.length));
            out.writeBytes(words[which].getBytes(UTF_8));
        }
        return Arrays.copyOf(out.toByteArray(), size);
    }

    /** Bytes as often as the numbers of Fibonacci say: Huffman's tree becomes as deep as it can, deeper than the format allows. */
    private static byte[] steep() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int a = 1;
        int b = 1;
        for (int symbol = 0; symbol < 24; symbol++) {
            for (int i = 0; i < a; i++) {
                out.write(symbol * 7);
            }
            int next = a + b;
            a = b;
            b = next;
        }
        byte[] sorted = out.toByteArray();
        byte[] mixed = new byte[sorted.length];
        long step = 48_271;
        for (int i = 0; i < sorted.length; i++) {
            mixed[(int) (i * step % sorted.length)] = sorted[i];
        }
        return mixed;
    }
}
