package dev.osie.build.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagedFilesTest {
    @TempDir
    private Path folder;

    @Test
    void putsEveryFileInItsPlace() throws IOException {
        Files.writeString(folder.resolve("a"), "old");
        try (StagedFiles files = new StagedFiles(folder)) {
            stage(files, "a", "new a");
            stage(files, "b", "new b");
            assertThat(folder.resolve("a")).hasContent("old");
            files.commit();
        }

        assertThat(names()).containsExactly("a", "b");
        assertThat(folder.resolve("a")).hasContent("new a");
        assertThat(folder.resolve("b")).hasContent("new b");
    }

    @Test
    void leavesTheEarlierFilesWhenOneCannotBeWritten() throws IOException {
        Files.writeString(folder.resolve("a"), "old");
        try (StagedFiles files = new StagedFiles(folder)) {
            stage(files, "a", "new a");
            assertThatThrownBy(() -> files.stage("b", out -> {
                        out.write(1);
                        throw new IOException("No space left on device");
                    }))
                    .isInstanceOf(BuildException.class)
                    .hasMessageContaining("No space left on device");
        }

        assertThat(names()).containsExactly("a");
        assertThat(folder.resolve("a")).hasContent("old");
    }

    @Test
    void removesWhatAKilledBuildLeft() throws IOException {
        Files.writeString(folder.resolve(".initramfs-x86_64-123.part"), "half");

        new StagedFiles(folder).close();

        assertThat(names()).isEmpty();
    }

    @Test
    void keepsWhatAnotherBuildWorksOn() throws IOException {
        try (StagedFiles other = new StagedFiles(folder)) {
            stage(other, "a", "the other's");
            try (StagedFiles files = new StagedFiles(folder)) {
                stage(files, "b", "b");
                files.commit();
            }
            other.commit();
        }

        assertThat(names()).containsExactly("a", "b");
    }

    private static void stage(StagedFiles files, String name, String content) {
        files.stage(name, out -> out.write(content.getBytes(UTF_8)));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
