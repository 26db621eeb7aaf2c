package dev.osie.worker.containerd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineRootTest {
    @TempDir
    private Path root;

    @Test
    void followsLinksWithinTheMachine() throws IOException {
        MachineRoot machine = new MachineRoot(root);
        Files.createDirectories(root.resolve("run"));
        Files.createDirectories(root.resolve("var"));
        Files.createSymbolicLink(root.resolve("var/run"), Path.of("/run"));
        Files.createSymbolicLink(root.resolve("var/up"), Path.of("../../../../run"));

        machine.makeDirectory("/var/run/a/b");
        machine.makeDirectory("/var/up/c");

        assertThat(root.resolve("run/a/b")).isDirectory();
        assertThat(root.resolve("run/c")).isDirectory();
        assertThat(machine.has("/var/run/a")).isTrue();
        assertThat(machine.has("/var/run/x")).isFalse();
    }

    @Test
    void leavesWhatIsThere() throws IOException {
        Files.writeString(root.resolve("file"), "x");

        new MachineRoot(root).makeDirectory("/file");

        assertThat(root.resolve("file")).hasContent("x");
    }

    @Test
    void aCircleOfLinksHasAnEnd() throws IOException {
        Files.createSymbolicLink(root.resolve("a"), Path.of("b"));
        Files.createSymbolicLink(root.resolve("b"), Path.of("a"));
        MachineRoot machine = new MachineRoot(root);

        assertThat(machine.has("/a")).isFalse();
        assertThatThrownBy(() -> machine.makeDirectory("/a")).hasMessage("/a is a circle of links");
    }
}
