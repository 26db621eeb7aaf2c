package dev.osie.build.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.osie.build.yaml.DocumentException;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is said of each document in {@code mistakes}: the file {@code .txt} beside it, which somebody has read and found helpful.
 * {@code -Dgoldens=write} writes these files anew.
 */
class MistakesTest {
    private static final Path DIRECTORY = Path.of("src/test/resources/dev/osie/build/spec/mistakes");

    static List<String> documents() throws IOException {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void areSaidWithALineAndCarets(String name) throws IOException {
        String said = assertTimeoutPreemptively(Duration.ofSeconds(20), () -> said(name));

        Path golden = DIRECTORY.resolve(name.replace(".yaml", ".txt"));
        if ("write".equals(System.getProperty("goldens"))) {
            Files.writeString(golden, said);
        }
        assertThat(said).isEqualTo(Files.readString(golden));
        assertThat(said.lines())
                .allMatch(line -> line.length() < 800 && line.chars().noneMatch(Character::isISOControl));
    }

    private static String said(String name) {
        Problems problems = new Problems();
        YamlReader.read(name, DIRECTORY.resolve(name), problems)
                .ifPresent(root -> OsieDocument.read(root, problems).check(problems));
        DocumentException failure = catchThrowableOfType(DocumentException.class, problems::throwIfAny);
        return failure.withExcerpts() + "\n" + failure.count() + ", nothing built.\n";
    }
}
