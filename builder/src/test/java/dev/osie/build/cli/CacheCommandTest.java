package dev.osie.build.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.store.Blob;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The verbs of {@code osie-build cache}, as people and programs see them. */
class CacheCommandTest {
    private static final String DEB = "!<arch>\ndebian-binary   " + "x".repeat(1000);

    @TempDir
    Path directory;

    private Path cache;
    private Store store;
    private Blob deb;

    private record Result(int exitCode, String output, String errors) {}

    @BeforeEach
    void putPackage() {
        cache = directory.resolve("cache");
        store = Store.open(cache);
        deb = store.put(DEB.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void showsHowMuchOfWhatThereIs() {
        assertThat(run("info").output()).startsWith(cache + "\n").containsPattern("Debian packages +1.0 kB +1 files\n");
        assertThat(run("ls", "--json").output()).contains("\"packages\" : {", "\"bytes\" : 1024");
    }

    @Test
    void tellsWhatPruningWouldRemoveAndRemovesIt() {
        assertThat(run("prune", "--keep-size", "1K", "--dry-run").output()).startsWith("1.0 kB in 1 files would go; ");
        assertThat(store.contains(deb)).isTrue();

        assertThat(run("prune").output()).startsWith("0 B in 0 files removed; ");
        assertThat(run("prune", "--keep-size", "1K").output()).startsWith("1.0 kB in 1 files removed; ");
        assertThat(store.contains(deb)).isFalse();
    }

    @Test
    void explainsAgesAndSizes() {
        assertThat(run("prune", "--older-than", "a month"))
                .isEqualTo(new Result(
                        2, "", "--older-than a month: expected a number and s, m, h, d or w, such as 30d\n"));
        assertThat(run("prune", "--keep-size", "-5"))
                .isEqualTo(new Result(2, "", "--keep-size -5: expected a number and K, M, G or T, such as 5G\n"));
    }

    @Test
    void endsWithFourWhenSomethingWasAltered() throws IOException {
        assertThat(run("verify", "-q")).isEqualTo(new Result(0, "1 blobs, 1.0 kB: all whole\n", ""));
        Files.writeString(store.path(deb.digest()), DEB.replaceFirst("xx", "xy"));

        Result result = run("verify", "-q");

        assertThat(result.exitCode()).isEqualTo(4);
        assertThat(result.output())
                .startsWith("altered, and removed: a blob (Debian packages) "
                        + deb.digest().hex() + "\n");
        assertThat(run("verify").exitCode()).isZero();
    }

    @Test
    void carriesTheStoreToAnother() {
        Path archive = directory.resolve("osie.tar");
        assertThat(run("export", archive.toString()).exitCode()).isZero();
        assertThat(directory).isDirectoryNotContaining("glob:**.part");

        cache = directory.resolve("other");
        assertThat(run("import", archive.toString()).errors()).contains("1 blobs, 1 new, all digests verified");

        assertThat(Store.open(cache).contains(deb)).isTrue();
    }

    @Test
    void saysWhatIsWrongWithAnArchive() throws IOException {
        Path archive = Files.writeString(directory.resolve("osie.tar"), DEB);

        assertThat(run("import", archive.toString()).exitCode()).isEqualTo(2);
        assertThat(run("import", directory.resolve("none.tar").toString()))
                .isEqualTo(new Result(
                        3, "", "Tried to read " + directory.resolve("none.tar") + ", but there is no such file\n"));
    }

    @Test
    void aFailedExportLeavesTheEarlierFile() throws IOException {
        Path archive = Files.writeString(directory.resolve("osie.tar"), "earlier");
        Files.writeString(store.path(deb.digest()), DEB.replaceFirst("xx", "xy"));

        assertThat(run("export", archive.toString()).exitCode()).isEqualTo(4);

        assertThat(archive).hasContent("earlier");
        assertThat(directory).isDirectoryNotContaining("glob:**.part");
    }

    private Result run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine =
                Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        List<String> all = new ArrayList<>(List.of("cache"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--cache", cache.toString()));
        return new Result(commandLine.execute(all.toArray(String[]::new)), out.toString(), err.toString());
    }
}
