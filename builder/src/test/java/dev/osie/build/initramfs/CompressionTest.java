package dev.osie.build.initramfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import com.github.luben.zstd.util.ZstdVersion;
import dev.osie.build.failure.BuildException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Settings and frames of zstd. */
class CompressionTest {
    private static final Compression.Zstd ZSTD_3 = new Compression.Zstd(3);

    private static byte[] compress(byte[] plain, Compression.Zstd settings, int workers, int chunk) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZstdFrame frame = new ZstdFrame(out, settings, workers, plain.length)) {
            for (int offset = 0; offset < plain.length; offset += chunk) {
                frame.write(plain, offset, Math.min(chunk, plain.length - offset));
            }
            frame.end();
        }
        return out.toByteArray();
    }

    private static byte[] noise(int size, int letters) {
        Random random = new Random(7);
        byte[] noise = new byte[size];
        for (int i = 0; i < size; i++) {
            noise[i] = (byte) random.nextInt(letters);
        }
        return noise;
    }

    @Test
    void readsAndWritesSettings() {
        for (String text : new String[] {"none", "zstd:1", "zstd:3", "zstd:19", "zstd:22"}) {
            assertThat(Compression.parse(text)).hasToString(text);
        }
        assertThat(ZSTD_3.identity()).isEqualTo("zstd:3 zstd-jni " + ZstdVersion.VERSION);
    }

    @Test
    void refusesSettingsThatDoNotExist() {
        for (String text : new String[] {"", "zstd", "zstd:0", "zstd:23", "zstd:-1", "zstd:03", "gzip", "zstd:3 "}) {
            assertThatThrownBy(() -> Compression.parse(text))
                    .isInstanceOf(BuildException.class)
                    .hasMessageContaining("expected none, or zstd:1 to zstd:22");
        }
    }

    @Test
    void theBytesDependNeitherOnWorkersNorOnTheCutOfTheWrites() throws IOException {
        for (int size : new int[] {0, 1, 100_000, 700_000, 20_000_000}) {
            byte[] plain = noise(size, 16);
            byte[] expected = compress(plain, ZSTD_3, 1, 1 << 16);
            assertThat(compress(plain, ZSTD_3, 2, 4097)).isEqualTo(expected);
            assertThat(compress(plain, ZSTD_3, 5, 1 << 20)).isEqualTo(expected);
            assertThat(Zstd.decompress(expected, size)).isEqualTo(plain);
        }
    }

    @Test
    void aSegmentIsOneFrameWithItsSizeAndAChecksum() throws IOException {
        byte[] frame = compress(noise(3_000_000, 256), ZSTD_3, 1, 1 << 16);
        assertThat(Zstd.findFrameCompressedSize(frame)).isEqualTo(frame.length);
        assertThat(Zstd.getFrameContentSize(frame)).isEqualTo(3_000_000);
        frame[frame.length - 1] ^= 1;
        assertThatThrownBy(() -> Zstd.decompress(frame, 3_000_000)).hasMessageContaining("checksum");
    }

    @Test
    void noLevelNeedsALargerWindowThanTheKernelAccepts() throws IOException {
        // A frame of unknown size has the level's largest window; the kernel's limit is 2^27 (measured: 2^28 fails).
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZstdOutputStreamNoFinalizer frame = new ZstdOutputStreamNoFinalizer(out, 22)) {
            frame.write(1);
            frame.flush();
        }
        byte[] frame = out.toByteArray();
        boolean singleSegment = (frame[4] & 0x20) != 0;
        int windowLog = 10 + ((frame[5] & 0xff) >> 3); // RFC 8878, section 3.1.1.1.2
        assertThat(singleSegment).isFalse();
        assertThat(windowLog).isLessThanOrEqualTo(27);
    }

    @Test
    void endingTooEarlyIsAnError() throws IOException {
        try (ZstdFrame frame = new ZstdFrame(new ByteArrayOutputStream(), ZSTD_3, 1, 10)) {
            frame.write(new byte[9], 0, 9);
            assertThatThrownBy(frame::end).hasMessageContaining("size");
        }
    }
}
