package dev.osie.build.assemble;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.compose.Checked;
import dev.osie.build.compose.DocumentCheck;
import dev.osie.build.failure.BuildException;
import dev.osie.build.runtime.Bundles;
import dev.osie.build.runtime.ContainerImage;
import dev.osie.build.runtime.ImageLayout;
import dev.osie.build.spec.ImageName;
import dev.osie.build.spec.LinuxKitWriter;
import dev.osie.build.spec.Mutation;
import dev.osie.build.spec.OsieDocument;
import dev.osie.build.yaml.DocumentException;
import dev.osie.build.yaml.DocumentText;
import dev.osie.build.yaml.Problems;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * {@code make fuzz}: changes documents at random, for a time, and lets them be validated and laid out. Nothing but our own error may
 * escape, and no document may take long. {@code -Dfuzz.seed} repeats a run.
 */
@Tag("tools")
class DocumentFuzzTest {
    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("fuzz.seconds", 60));
    private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime());
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final Path MISTAKES = Path.of("src/test/resources/dev/osie/build/spec");

    private final Random random = new Random(SEED);
    private Duration longest = Duration.ZERO;

    @Test
    void nothingButOurOwnErrorEscapes() throws IOException {
        List<String> corpus = corpus();
        long end = System.nanoTime() + TIME.toNanos();
        int rounds = 0;
        int valid = 0;
        for (; System.nanoTime() < end; rounds++) {
            String text = corpus.get(random.nextInt(corpus.size()));
            for (int change = random.nextInt(5); change >= 0; change--) {
                text = random.nextInt(40) == 0 ? grown(text) : Mutation.of(text, random);
            }
            valid += survives(text) ? 1 : 0;
        }
        System.out.printf(
                "fuzz: %,d documents, %,d of them valid, seed %d, the longest took %d ms%n",
                rounds, valid, SEED, longest.toMillis());
        assertThat(valid).as("documents that are valid after all").isPositive();
    }

    private static List<String> corpus() throws IOException {
        List<String> corpus = new ArrayList<>();
        for (Path directory : List.of(MISTAKES, PROJECT.resolve("linuxkit-templates"))) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.filter(file -> file.toString().endsWith(".yaml"))
                        .sorted()
                        .toList()) {
                    corpus.add(new String(Files.readAllBytes(file), UTF_8));
                }
            }
        }
        return corpus;
    }

    /** A document with much of something: nesting, a long word, an entry many times. */
    private String grown(String text) {
        int at = random.nextInt(text.length() + 1);
        int times = 1 << random.nextInt(17);
        String part = text.substring(at, Math.min(text.length(), at + random.nextInt(40)));
        String more = switch (random.nextInt(6)) {
            case 0 -> "[".repeat(Math.min(times, 5_000));
            case 1 -> "1:".repeat(times) + "1";
            case 2 -> "a-".repeat(times) + "a";
            case 3 -> ("x".repeat(1 << random.nextInt(10)) + " ").repeat(Math.max(1, times >> 10));
            default -> part.repeat(Math.min(times, 100_000 / Math.max(1, part.length())));
        };
        return text.substring(0, at) + more + text.substring(at);
    }

    private boolean survives(String text) {
        long start = System.nanoTime();
        try {
            return isValid(text);
        } catch (Throwable e) {
            throw new AssertionError("seed " + SEED + ", escaped from the document:\n" + text, e);
        } finally {
            Duration taken = Duration.ofNanos(System.nanoTime() - start);
            longest = taken.compareTo(longest) > 0 ? taken : longest;
            assertThat(taken)
                    .as("seed %d, time for the document:%n%s", SEED, text)
                    .isLessThan(LIMIT);
        }
    }

    private static boolean isValid(String text) throws IOException {
        try {
            Problems problems = new Problems();
            String read = DocumentText.of("fuzz.yaml", new ByteArrayInputStream(text.getBytes(UTF_8)));
            List<Checked> checked =
                    new DocumentCheck(PROJECT, problems).check("fuzz.yaml", PROJECT.resolve("fuzz.yaml"), read);
            checked.forEach(new ProjectCheck(new Project(PROJECT), problems)::check);
            problems.throwIfAny();
            OsieDocument document = checked.get(0).composition().document();
            new LinuxKitWriter(ImageName::text).write(document, Optional.empty());
            Bundles.of(document, name -> image(), file -> Path.of("none"), ImageLayout.SHARED, 0);
            return true;
        } catch (DocumentException e) {
            assertThat(e.withExcerpts().lines())
                    .allMatch(line -> line.length() < 2_000 && line.chars().noneMatch(Character::isISOControl));
            return false;
        } catch (BuildException e) {
            return false;
        }
    }

    private static ContainerImage image() {
        return new ContainerImage(List.of("/x"), List.of(), List.of(), "", "", Optional.empty(), List.of("aa"));
    }
}
