package dev.osie.build.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.osie.build.failure.BuildException;
import dev.osie.build.spec.Mutation;
import dev.osie.build.yaml.DocumentException;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A recipe may come from anybody: it gets our own error, soon, and nothing else. */
class HostileRecipeTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Path EVERYTHING =
            Path.of("src/test/resources/dev/osie/build/image/recipes/everything/image.yaml");

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "files: [{ path: \"%a/\", contents: x }]",
                "files: [{ path: \"%a\", contents: x }]",
                "files: [{ path: a, symlink: \"%../\" }]",
                "files: [{ path: a, symlink: \"%a/\" }]",
                "files: [{ path: a, link: \"%b/\" }]",
                "files: [{ path: a, source: \"%b/\" }]",
                "files: [{ path: a, contents: x, capabilities: [\"%cap_chown,\"] }]",
                "files: [{ path: a, contents: x, mode: \"%7\" }]",
                "files: [{ path: a, contents: x, uid: \"%7\" }]",
                "files: [{ path: a, contents: x, uid: %7 }]",
                "remove: [\"%**/x\"]",
                "remove: [\"%a-\"]",
                "users: [{ name: \"%a-\" }]",
                "users: [{ name: a, uid: %9 }]",
                "packages: [\"%a-\"]",
                "from: \"%a-\"",
                "from: \"%a/\"",
                "jre: { package: aa, modules: [\"%a.\"] }",
                "java: { jar: \"%a/\", libraries: b, main-class: \"%a.\" }",
                "config: { user: \"%a\" }",
                "config: { exposed-ports: [\"%1\"] }",
                "config: { stop-signal: \"%S\" }",
                "config: { working-dir: \"/%a/\" }",
                "config: { labels: { org.mobyproject.config: \"%[\" } }",
            })
    void muchOfAnythingIsRefusedSoon(String line) {
        int percent = line.indexOf('%');
        int length = line.startsWith("remove") || line.contains("uid: %") ? 1 : 0;
        String unit = line.substring(percent + 1).split("[\"\\]} ]", 2)[0];
        String much = line.replace("%" + unit, unit.repeat(length == 1 ? 900 : 200_000 / unit.length()));

        assertTimeoutPreemptively(SOON, () -> {
            try {
                check("description: x\n" + much.replace("%", "") + "\n");
                assertThat(line).startsWith("remove"); // long patterns are patterns
            } catch (BuildException refused) {
                assertThat(refused.getMessage()).hasSizeLessThan(50_000);
            }
        });
    }

    @Test
    void aPatternOfManyStarsTakesNoTime() {
        Glob directories = new Glob("**/a/".repeat(400) + "x");
        Glob names = new Glob("*a".repeat(400) + "b");

        assertTimeoutPreemptively(SOON, () -> {
            for (int i = 0; i < 10; i++) {
                assertThat(directories.matches("a/".repeat(800) + "y")).isFalse();
                assertThat(names.matches("a".repeat(250))).isFalse();
            }
        });
    }

    @Test
    void changedAtRandomItGetsOurOwnErrorOrIsRight() throws IOException {
        String text = Files.readString(EVERYTHING);
        Random random = new Random(7);

        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            for (int round = 0; round < 300; round++) {
                String changed = text;
                for (int change = random.nextInt(4); change >= 0; change--) {
                    changed = Mutation.of(changed, random);
                }
                DocumentException failure = failure(changed);
                assertThat(failure == null || failure.withExcerpts().contains("images/app/image.yaml"))
                        .as(changed)
                        .isTrue();
            }
        });
    }

    private DocumentException failure(String text) {
        return catchThrowableOfType(DocumentException.class, () -> check(text));
    }

    private void check(String text) throws IOException {
        Path recipe = directory.resolve("images/app/image.yaml");
        Files.createDirectories(recipe.getParent());
        Files.writeString(recipe, text);
        Problems problems = new Problems();
        new RecipeCheck(Recipes.in(directory.resolve("images")), problems).check("app", Position.whole("app"));
        problems.throwIfAny();
    }
}
