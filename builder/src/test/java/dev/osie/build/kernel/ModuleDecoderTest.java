package dev.osie.build.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import dev.osie.build.tree.Content;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class ModuleDecoderTest {
    private final ModuleDecoder decoder = new ModuleDecoder();

    @Test
    void readsCompressedAndPlainModulesWithOneBuffer() {
        ModuleFixture large =
                ModuleFixture.module().info("description", "x".repeat(3 << 20)).exports("large");
        ModuleFixture small = ModuleFixture.module().exports("small");

        assertThat(read("kernel/a.ko.xz", large.toXz()).exports()).containsExactly("large");
        assertThat(read("kernel/b.ko.xz", small.toXz()).exports()).containsExactly("small");
        assertThat(read("kernel/c.ko", small.toElf()).exports()).containsExactly("small");
    }

    @Test
    void refusesATruncatedFile() {
        byte[] xz = ModuleFixture.module().exports("a").toXz();

        assertThatThrownBy(() -> read("kernel/a.ko.xz", Arrays.copyOf(xz, xz.length - 20)))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("kernel/a.ko.xz")
                .hasMessageContaining("damaged");
    }

    @Test
    void refusesAFileWhoseChecksumIsWrong() {
        byte[] xz = ModuleFixture.module().exports("a").toXz();
        xz[xz.length / 2] ^= 1;

        assertThatThrownBy(() -> read("kernel/a.ko.xz", xz)).isInstanceOf(BuildException.class);
    }

    @Test
    void stopsUnpackingWhatIsLargerThanAnyModule() throws Exception {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (XZOutputStream xz = new XZOutputStream(bomb, new LZMA2Options(0))) {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 100; i++) {
                xz.write(zeros);
            }
        }

        assertThatThrownBy(() -> read("kernel/a.ko.xz", bomb.toByteArray()))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("larger than 96 MB");
    }

    private ModuleFacts read(String path, byte[] file) {
        return decoder.read(path, Content.of(file), Architecture.X86_64);
    }
}
