package dev.osie.worker.containerd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.worker.action.ActionFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** By the rules of Docker. */
class ContainerUserTest {
    private static final String PASSWD = """
            root:x:0:7:root:/root:/bin/sh
            # a line that is none
            broken:x:many:5::/:
            app:x:1000:100:App,,,:/home/app:/bin/sh
            app:x:2000:200::/:
            12:x:3000:300::/:
            """;

    private static final String GROUP = """
            root:x:0:
            users:x:100:
            disk:x:6:root,app
            kvm:x:78:other,app,more
            many:x:x:app
            approx:x:79:application
            """;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "app       | 1000 | 100 | 100 6 78",
                "1000      | 1000 | 100 | 100 6 78",
                "01000     | 1000 | 100 | 100 6 78",
                "1001      | 1001 | 0   | 0",
                "12        | 12   | 0   | 0",
                "app:disk  | 1000 | 6   | 6",
                "app:12    | 1000 | 12  | 12",
                "app:      | 1000 | 100 | 100 6 78",
                ":kvm      | 0    | 78  | 78",
                "1001:kvm  | 1001 | 78  | 78",
                "0:0       | 0    | 0   | 0",
                "root:     | 0    | 7   | 7 6"
            })
    void isWhomTheImageMeans(String words, long user, long group, String groups) throws ActionFailure {
        List<Long> all = List.of(groups.split(" ")).stream().map(Long::valueOf).toList();

        assertThat(ContainerUser.of(words, PASSWD, GROUP)).isEqualTo(new ContainerUser(user, group, all));
    }

    @Test
    void numbersNeedNoFiles() throws ActionFailure {
        assertThat(ContainerUser.of("5:6", "", "")).isEqualTo(new ContainerUser(5, 6, List.of(6L)));
        assertThat(ContainerUser.of("root", "", "")).isEqualTo(new ContainerUser(0, 0, List.of(0L)));
        assertThat(List.of("", "0", "root", "5:6")).noneMatch(ContainerUser::needsFiles);
        assertThat(List.of("5", "app", "5:app", "app:6", "5:")).allMatch(ContainerUser::needsFiles);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nobody     | etc/passwd has no nobody",
                "broken     | etc/passwd has no broken",
                "-1         | etc/passwd has no -1",
                "4294967295 | etc/passwd has no 4294967295",
                "app:wheel  | etc/group has no wheel"
            })
    void whomTheImageDoesNotKnowIsAFailure(String words, String reason) {
        assertThatThrownBy(() -> ContainerUser.of(words, PASSWD, GROUP))
                .isInstanceOf(ActionFailure.class)
                .hasMessage("its image wants to be run by " + words + ", and its " + reason);
    }

    @Test
    void filesAreThoseOfTheUppermostLayerAndLinksStayInTheImage(@TempDir Path directory) throws Exception {
        Path upper = Files.createDirectories(directory.resolve("upper/etc")).getParent();
        Path lower = Files.createDirectories(directory.resolve("lower/etc")).getParent();
        Files.writeString(directory.resolve("secret"), "of the machine");
        Files.writeString(lower.resolve("etc/passwd"), "lower");
        Files.writeString(lower.resolve("etc/group"), "lower");
        Files.writeString(lower.resolve("etc/link"), "hidden by the upper one");
        Files.writeString(upper.resolve("etc/group"), "upper");
        Files.createSymbolicLink(upper.resolve("etc/link"), Path.of("../../../data/file"));
        Files.createSymbolicLink(upper.resolve("data"), Path.of("/etc/more"));
        Files.createDirectory(lower.resolve("etc/more"));
        Files.writeString(lower.resolve("etc/more/file"), "linked");
        Files.createSymbolicLink(upper.resolve("out"), directory.resolve("secret"));
        Files.createSymbolicLink(upper.resolve("circle"), Path.of("circle"));
        Files.writeString(upper.resolve("plain"), "hides a directory");
        Files.createDirectory(lower.resolve("plain"));
        Files.writeString(lower.resolve("plain/file"), "hidden");
        LayeredFiles files = new LayeredFiles(List.of(upper, lower));

        assertThat(files.text("etc/passwd")).contains("lower");
        assertThat(files.text("etc/group")).contains("upper");
        assertThat(files.text("etc/link")).contains("linked");
        assertThat(files.text("plain/file")).isEmpty();
        assertThat(files.text("out")).isEmpty();
        assertThat(files.text("etc")).isEmpty();
        assertThat(files.text("none/none")).isEmpty();
        assertThatThrownBy(() -> files.text("circle")).hasMessage("circle is a circle of links");
    }
}
