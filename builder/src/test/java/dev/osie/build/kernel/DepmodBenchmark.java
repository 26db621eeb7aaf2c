package dev.osie.build.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.platform.Architecture;
import dev.osie.build.yaml.Position;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code make bench-depmod}: seconds that it takes to read all modules of Debian's kernel, compressed as they are, and to index them, beside
 * the release's own depmod over the same files. Both read from the page cache; the first run is that of a virtual machine which has just
 * started.
 */
@Tag("bench")
@Timeout(1800)
final class DepmodBenchmark {
    private static final int RUNS = 5;

    @TempDir
    private Path directory;

    @Test
    void measure() throws Exception {
        DebianKernels debian = DebianKernels.fetch(directory);
        for (Architecture architecture : Architecture.values()) {
            debian.withFiles(DebianKernels.LTS, architecture, files -> compare(debian, files, architecture));
        }
    }

    private void compare(DebianKernels debian, KernelFiles files, Architecture architecture) throws Exception {
        ModuleList list = ModuleList.of(files);
        Path root = debian.unpackedForDepmod(
                debian.build(DebianKernels.LTS, architecture, ModuleSet.all(new Position("all", 1, 1))));
        List<Double> own = new ArrayList<>();
        List<Double> kmod = new ArrayList<>();
        for (int run = 0; run < RUNS; run++) {
            long started = System.nanoTime();
            Map<String, ModuleFacts> facts = new ModuleReader(files, architecture)
                    .read(list.paths()).stream().collect(Collectors.toMap(ModuleFacts::path, each -> each));
            assertThat(Depmod.indexes(list.paths().stream().map(facts::get).toList(), list.builtins()))
                    .isNotEmpty();
            own.add(seconds(started));
            started = System.nanoTime();
            debian.depmod().run(root, files.release());
            kmod.add(seconds(started));
        }
        System.out.printf(
                Locale.ROOT,
                "linux %s, %d modules, %d processors%n  own    first %.2f s, median %.2f s%n  depmod first %.2f s, median %.2f s%n"
                        + "  %.2f times depmod's%n",
                files.release(),
                list.paths().size(),
                Runtime.getRuntime().availableProcessors(),
                own.get(0),
                median(own),
                kmod.get(0),
                median(kmod),
                median(own) / median(kmod));
    }

    private static double seconds(long started) {
        return (System.nanoTime() - started) / 1e9;
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
