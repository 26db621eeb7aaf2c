package dev.osie.build.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Compares a result with a reviewed file beside the test; {@code -Dgoldens=write} writes the files anew. */
final class Golden {
    private static final Path DIRECTORY = Path.of("src/test/resources/dev/osie/build/runtime");

    private Golden() {}

    static void compare(String name, String actual) throws IOException {
        Path file = DIRECTORY.resolve(name);
        if ("write".equals(System.getProperty("goldens"))) {
            Files.writeString(file, actual);
        }
        assertThat(actual).as(file.toString()).isEqualTo(Files.readString(file));
    }
}
