package dev.osie.build.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same recipes give the same digests in whatever process they are built. */
class RecipeReproducibilityTest {
    private static final Path JDK = Path.of(System.getProperty("java.home"));

    @TempDir
    Path directory;

    @Test
    void anotherProcessElsewhereWithOtherSettingsGivesTheSameDigests() throws Exception {
        String usual = build(JDK, Files.createDirectory(directory.resolve("a")), "022", List.of(), Map.of());
        // Turkish has an i without a dot, and ISO-8859-9 no Unicode.
        List<String> options = List.of(
                "-Duser.language=tr",
                "-Duser.country=TR",
                "-Dfile.encoding=ISO-8859-9",
                "-Duser.timezone=Pacific/Kiritimati");
        Path deep = Files.createDirectories(directory.resolve("b/a deeper place/\u0130"));
        String unusual = build(JDK, deep, "077", options, Map.of("TZ", "Asia/Kathmandu", "SOURCE_DATE_EPOCH", "7"));

        assertThat(usual.lines()).hasSize(3).allMatch(line -> line.contains(" sha256:"));
        assertThat(unusual).isEqualTo(usual);
    }

    @Test
    void theTimesOfSourcesDoNotCount() throws Exception {
        Path place = Files.createDirectory(directory.resolve("a"));
        String first = build(JDK, place, "022", List.of(), Map.of());
        try (Stream<Path> files = Files.walk(place.resolve("project"))) {
            for (Path file : files.filter(path -> !Files.isSymbolicLink(path)).toList()) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2001-02-03T04:05:06Z")));
            }
        }
        Files.move(place.resolve("store"), place.resolve("other"));
        Files.delete(place.resolve("project/images/files/d/link"));

        assertThat(build(JDK, place, "022", List.of(), Map.of())).isEqualTo(first);
    }

    @Test
    @Tag("tools")
    void anotherJdkGivesTheSameDigestsAndLinksTheSameRuntime() throws Exception {
        Optional<Path> other = otherJdk();
        assumeTrue(other.isPresent(), "needs another JDK than the tests' below /usr/lib/jvm");
        String home = JDK.toString();

        String here = build(JDK, Files.createDirectory(directory.resolve("a")), "022", List.of(), Map.of(), home);
        String there =
                build(other.get(), Files.createDirectory(directory.resolve("b")), "022", List.of(), Map.of(), home);

        assertThat(here.lines()).hasSize(4).anyMatch(line -> line.startsWith("runtime sha256:"));
        assertThat(there).isEqualTo(here);
    }

    /** The newest JDK of the host that is of another version than the tests'. */
    private static Optional<Path> otherJdk() throws IOException {
        String own = "JAVA_VERSION=\"" + Runtime.version().feature() + ".";
        List<Path> others = new ArrayList<>();
        if (Files.isDirectory(Path.of("/usr/lib/jvm"))) {
            try (Stream<Path> homes = Files.list(Path.of("/usr/lib/jvm"))) {
                for (Path home : homes.filter(home -> Files.isExecutable(home.resolve("bin/java")))
                        .sorted()
                        .toList()) {
                    Path release = home.resolve("release");
                    if (Files.exists(release) && !Files.readString(release).contains(own)) {
                        others.add(home);
                    }
                }
            }
        }
        return others.stream().reduce((first, second) -> second);
    }

    private static String build(
            Path jdk, Path place, String umask, List<String> options, Map<String, String> environment, String... more)
            throws Exception {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "umask " + umask + "; exec \"$@\"", "sh"));
        command.add(jdk.resolve("bin/java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-Dsun.jnu.encoding=UTF-8"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), BuildsRecipes.class.getName()));
        command.add(place.toString());
        command.addAll(List.of(more));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        return output;
    }
}
