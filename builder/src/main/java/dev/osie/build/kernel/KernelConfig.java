package dev.osie.build.kernel;

import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a kernel was configured to have, from its {@code config-RELEASE}.
 *
 * @param enabled the options that are built in, without {@code CONFIG_}
 */
record KernelConfig(Set<String> enabled) {
    private static final List<String> PLACES =
            List.of("boot/config-%s", "usr/lib/modules/%s/config", "lib/modules/%s/config");
    private static final String PREFIX = "CONFIG_";
    private static final String YES = "=y";

    /** Empty when the files of the kernel don't tell it. */
    static Optional<KernelConfig> of(Tree tree, String release) {
        return PLACES.stream()
                .map(place -> tree.get(String.format(place, release)).orElse(null))
                .filter(Node.RegularFile.class::isInstance)
                .findFirst()
                .map(file -> read((Node.RegularFile) file));
    }

    private static KernelConfig read(Node.RegularFile file) {
        try (InputStream in = file.content().open()) {
            return new KernelConfig(new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith(PREFIX) && line.endsWith(YES))
                    .map(line -> line.substring(PREFIX.length(), line.length() - YES.length()))
                    .collect(Collectors.toSet()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean has(String option) {
        return enabled.contains(option);
    }
}
