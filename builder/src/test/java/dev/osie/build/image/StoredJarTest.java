package dev.osie.build.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TimeZone;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredJarTest {
    @TempDir
    Path directory;

    @Test
    void keepsEntriesInTheirOrderAndCompressesNone() throws IOException {
        Path jar = jar(
                "a.jar", Deflater.BEST_COMPRESSION, 0, "META-INF/", "META-INF/MANIFEST.MF", "b/B.class", "a/A.class");
        Path stored = directory.resolve("stored.jar");
        Files.write(stored, store(jar));

        try (ZipFile zip = new ZipFile(stored.toFile())) {
            assertThat(zip.stream().map(ZipEntry::getName))
                    .containsExactly("META-INF/MANIFEST.MF", "b/B.class", "a/A.class");
            assertThat(zip.stream().map(ZipEntry::getMethod)).containsOnly(ZipEntry.STORED);
            assertThat(new String(zip.getInputStream(zip.getEntry("b/B.class")).readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("content of b/B.class");
        }
    }

    @Test
    void dependsNeitherOnHowTheJarWasPackedNorOnTheTimeZone() throws IOException {
        byte[] first = store(jar("a.jar", Deflater.BEST_COMPRESSION, 1_000_000_000_000L, "A.class"));
        TimeZone zone = TimeZone.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));
            assertThat(store(jar("b.jar", Deflater.NO_COMPRESSION, 1_500_000_000_000L, "A.class")))
                    .isEqualTo(first);
        } finally {
            TimeZone.setDefault(zone);
        }
    }

    private static byte[] store(Path jar) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StoredJar.write(jar, out);
        return out.toByteArray();
    }

    private Path jar(String name, int level, long time, String... entries) throws IOException {
        Path jar = directory.resolve(name);
        try (OutputStream out = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.setLevel(level);
            for (String entry : entries) {
                ZipEntry packed = new ZipEntry(entry);
                packed.setTime(time);
                zip.putNextEntry(packed);
                if (!packed.isDirectory()) {
                    zip.write(("content of " + entry).getBytes(StandardCharsets.UTF_8));
                }
                zip.closeEntry();
            }
        }
        return jar;
    }
}
