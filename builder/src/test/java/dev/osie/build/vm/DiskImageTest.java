package dev.osie.build.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DiskImageTest {
    @TempDir
    private Path directory;

    @Test
    void keepsWhatTheLastMachineWrote() throws IOException {
        Path disk = Files.writeString(directory.resolve("disk"), "data");

        DiskImage.createIfMissing(disk, DiskImage.bytes("8G"));

        assertThat(disk).hasContent("data");
    }

    @Test
    void makesADiskOfTheSizeAskedFor() {
        Path disk = directory.resolve("disk");

        DiskImage.createIfMissing(disk, DiskImage.bytes("3G"));

        assertThat(disk).hasSize(3L << 30);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "8", "8g", "-1G", "1.5G", "9999999999T"})
    void rejectsASizeItWouldHaveToGuess(String size) {
        assertThatThrownBy(() -> DiskImage.bytes(size))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("such as 8G");
    }
}
