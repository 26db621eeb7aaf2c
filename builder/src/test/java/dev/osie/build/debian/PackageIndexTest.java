package dev.osie.build.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class PackageIndexTest {
    private static final String STANZA = """
            Package: busybox
            Version: 1:1.37.0-6
            Installed-Size: 900
            Depends: libc6 (>= 2.34),
             libfoo | libbar
            Description: Tiny utilities
             Depends: nothing, this is prose
            Architecture: amd64
            Filename: pool/main/b/busybox/busybox_1.37.0-6_amd64.deb
            Size: 950000
            SHA256: 598a3fd92bdafc34cd81196b2952ad36e910e47a4ecf162f8ce5e8e262598e53
            """;

    @Test
    void readsTheFieldsThatMatterAndJoinsTheirLines() throws Exception {
        Candidate busybox = index(STANZA).candidate("busybox").orElseThrow();

        assertThat(busybox.binary().toString()).isEqualTo("busybox 1:1.37.0-6 (amd64)");
        assertThat(busybox.binary().path()).isEqualTo("pool/main/b/busybox/busybox_1.37.0-6_amd64.deb");
        assertThat(busybox.binary().deb().size()).isEqualTo(950000);
        assertThat(busybox.depends())
                .extracting(Relation::toString)
                .containsExactly("libc6 (>= 2.34)", "libfoo | libbar");
    }

    @Test
    void readsAnIndexThatArrivesByteByByteAndLacksItsLastLineFeed() throws Exception {
        String two =
                "\n\n" + STANZA + "\n\n" + STANZA.replace("busybox", "toybox").strip();
        PackageIndex.Builder index = new PackageIndex.Builder();
        index.add(new Dripping(two), Archive.SECURITY);

        PackageIndex built = index.build();

        assertThat(built.names()).containsExactlyInAnyOrder("busybox", "toybox");
        assertThat(built.candidate("toybox").orElseThrow().binary().archive()).isEqualTo(Archive.SECURITY);
    }

    @Test
    void readsLinesLongerThanTheBuffer() throws Exception {
        String provides = "Provides: " + "p, ".repeat(100_000) + "last-one\n";

        assertThat(index(STANZA + provides).providers("last-one")).hasSize(1);
    }

    @Test
    void refusesALineWithoutEnd() {
        assertThatThrownBy(() -> index("Provides: " + "p, ".repeat(1_000_000)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("longer than");
    }

    @Test
    void refusesAPathThatLeavesTheArchive() {
        assertThatThrownBy(() -> index(STANZA.replace("pool/main", "../../etc")).candidate("busybox"))
                .hasMessageContaining("describes the package busybox in a way that cannot be understood");
    }

    @Test
    void refusesAPackageWithoutADigest() {
        assertThatThrownBy(() -> index(STANZA.replace("SHA256", "MD5sum")).candidate("busybox"))
                .hasMessageContaining("without the field 'SHA256': busybox");
    }

    private static PackageIndex index(String text) throws IOException {
        PackageIndex.Builder index = new PackageIndex.Builder();
        index.add(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), Archive.DEBIAN);
        return index.build();
    }

    private static final class Dripping extends FilterInputStream {
        Dripping(String text) {
            super(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return in.read(bytes, offset, Math.min(1, length));
        }
    }
}
