package dev.osie.build.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BootPairTest {
    @TempDir
    private Path directory;

    @Test
    void takesTheKernelParametersFromTheDocumentItWasBuiltFrom() throws IOException {
        writePair("kernel:\n  image: k@sha256:0\n  cmdline: \"console=tty0 quiet\"\n");

        assertThat(BootPair.in(directory, "lab", Architecture.X86_64).commandLine())
                .isEqualTo("console=tty0 quiet");
    }

    @Test
    void needsNoKernelParameters() throws IOException {
        writePair("kernel:\n  image: k@sha256:0\n");

        assertThat(BootPair.in(directory, "lab", Architecture.X86_64).commandLine())
                .isEmpty();
    }

    @Test
    void saysHowToBuildWhatIsMissing() throws IOException {
        writePair("kernel: {}\n");
        Files.delete(directory.resolve("initramfs-x86_64"));

        assertThatThrownBy(() -> BootPair.in(directory, "lab", Architecture.X86_64))
                .isInstanceOfSatisfying(BuildException.class, failure -> {
                    assertThat(failure).hasMessageContaining("initramfs-x86_64");
                    assertThat(failure.hint()).contains("Perhaps build it first: osie-build build lab --arch x86_64");
                });
    }

    private void writePair(String document) throws IOException {
        Files.writeString(directory.resolve("lab.yaml"), document);
        Files.createFile(directory.resolve("vmlinuz-x86_64"));
        Files.createFile(directory.resolve("initramfs-x86_64"));
    }
}
