package dev.osie.build.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.osie.build.assemble.LockProject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The verb lock as it is called. */
@Timeout(120)
class LockCommandTest {
    @TempDir
    private Path directory;

    private LockProject project;

    private record Result(int exitCode, String output, String errors) {}

    @BeforeEach
    void makeProject() {
        project = new LockProject(directory.resolve("project"));
    }

    @AfterEach
    void stop() {
        project.close();
    }

    @Test
    void makesTheLockAndThenLeavesItAlone() {
        assertThat(lock("mini").errors()).contains("osie.lock: 3 packages, ", "0 images for x86_64");

        Result again = lock("mini");

        assertThat(again.exitCode()).isZero();
        assertThat(again.errors()).contains("osie.lock stays as it is: it has what is needed.");
        assertThat(lock("mini", "--update").errors()).contains("osie.lock stays as it is: there is nothing newer.");
    }

    @Test
    void printsWhatChangedWithTheReasonOfWhatNobodyNamed() {
        lock("mini");
        project.supersede("shared 1.0", LockProject.shared("1.1"));
        project.supersede(
                "tool 2.0",
                LockProject.tool("2.1")
                        .field("Depends", "shared (>= 1.1)")
                        .file("usr/share/tool/more", "data that makes the package larger"));

        Result result = lock("mini", "--update", "tool");

        assertThat(result.errors())
                .containsPattern(
                        "  package +shared +1\\.0 → 1\\.1   since tool 2\\.1 \\(amd64\\) needs shared \\(>= 1\\.1\\)\n")
                .containsPattern("  package +tool +2\\.0 → 2\\.1\n")
                .contains("  download   ")
                .contains("osie.lock is written.");
    }

    @Test
    void checkTellsEachDifferenceOnALineOfItsOwn() throws IOException {
        lock("mini", "more");
        assertThat(lock("mini", "more", "--check").exitCode()).isZero();
        String text = Files.readString(project.lock());
        project.write("images/tool/image.yaml", "description: a tool\npackages: [shared]\n");
        project.mirror().close();

        Result result = lock("mini", "--check");

        assertThat(result.exitCode()).isEqualTo(4);
        assertThat(result.output()).isEqualTo("""
                changed   tool (x86_64): its packages are now with shared, without tool
                unneeded  ssh (x86_64): nobody asks for its packages
                """);
        assertThat(result.errors()).contains("2 differences.");
        JsonNode json = json(lock("mini", "--check", "--json"));
        assertThat(json.at("/drift/0/kind").asText()).isEqualTo("changed");
        assertThat(json.at("/drift/1/architecture").asText()).isEqualTo("x86_64");
        assertThat(Files.readString(project.lock())).isEqualTo(text);
    }

    @Test
    void checkFailsWithoutALock() {
        Result result = lock("mini", "--check");

        assertThat(result.exitCode()).isEqualTo(4);
        assertThat(result.errors()).contains("There is no lock", "osie-build lock mini");
    }

    @Test
    void outdatedTellsWhatIsNewerAndFailsOnlyWithCheck() throws IOException {
        lock("mini");
        String text = Files.readString(project.lock());
        assertThat(lock("mini", "--outdated").errors()).contains("There is nothing newer.");
        project.supersede("shared 1.0", LockProject.shared("1.1"));

        Result result = lock("mini", "--outdated");

        assertThat(result.exitCode()).isZero();
        assertThat(result.output()).containsPattern("  package +shared +1\\.0 → 1\\.1\n");
        assertThat(lock("mini", "--outdated", "--check").exitCode()).isEqualTo(4);
        assertThat(Files.readString(project.lock())).isEqualTo(text);
    }

    @Test
    void diffComparesTwoFilesOfWhichOneMayBeEmpty() throws IOException {
        lock("mini");
        Path before = Files.copy(project.lock(), directory.resolve("before.lock"));
        project.supersede("shared 1.0", LockProject.shared("1.1"));
        lock("mini", "--update", "shared");
        Path empty = Files.createFile(directory.resolve("null"));

        String lock = project.lock().toString();
        assertThat(run("lock", "--diff", before.toString(), lock).output())
                .containsPattern("  package +shared +1\\.0 → 1\\.1\n")
                .containsPattern("  suite +trixie");
        assertThat(run("lock", "--diff", lock, lock).output()).isEmpty();
        assertThat(run("lock", "--diff", empty.toString(), lock).output())
                .containsPattern("  package +tool +added: 2\\.0\n");
        JsonNode json = json(run("lock", "--diff", before.toString(), lock, "--json"));
        assertThat(json.at("/changes").findValuesAsText("name")).contains("shared", "trixie");
        assertThat(json.at("/bytesAfter").asLong()).isPositive();
    }

    @Test
    void aLockThatGitCouldNotMergeIsNamedSo() throws IOException {
        lock("mini");
        Files.writeString(
                project.lock(),
                Files.readString(project.lock()).replace("sets:\n", "<<<<<<< HEAD\nsets:\n=======\n>>>>>>> other\n"));

        Result result = lock("mini");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errors()).contains("git could not merge two versions of the lock", "git checkout --ours");
    }

    @Test
    void aimsThatExcludeEachOtherAreRefused() {
        assertThat(lock("mini", "--check", "--update").exitCode()).isEqualTo(2);
        assertThat(lock("mini", "--outdated", "--prune").exitCode()).isEqualTo(2);
        assertThat(lock("--diff", "a", "b", "--check").exitCode()).isEqualTo(2);
        assertThat(lock("mini", "--update", "mini").errors())
                .contains("There is no lock to update", "Without --update it is made.");
    }

    @Test
    void onlyBuildAndLockTakeAllArchitectures() {
        Result result = run("compose", "mini", "--no-images", "--arch", "all");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errors()).contains("--arch all: only the verbs build and lock take all of them");
        project.addAll("arm64");
        project.publish();
        assertThat(lock("mini", "--arch", "all").errors()).contains("6 packages", "for x86_64, aarch64");
    }

    private static JsonNode json(Result result) throws IOException {
        return new ObjectMapper().readTree(result.output());
    }

    private Result lock(String... arguments) {
        List<String> all = new ArrayList<>(List.of("lock"));
        all.addAll(List.of(arguments));
        all.addAll(List.of(
                "--mirror",
                project.mirror().root().toString(),
                "--snapshot",
                project.snapshots().root().toString(),
                "--keyring",
                project.keyring().toString()));
        return run(all.toArray(String[]::new));
    }

    private Result run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine =
                Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(
                "--project",
                project.root().toString(),
                "--cache",
                directory.resolve("cache").toString()));
        return new Result(commandLine.execute(all.toArray(String[]::new)), out.toString(), err.toString());
    }
}
