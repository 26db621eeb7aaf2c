package dev.osie.build.kernel;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is known of a kernel's modules before one is read.
 *
 * @param release of the kernel
 * @param paths of the modules in the order of {@code modules.order}, which decides between modules for the same device; those that it
 *     does not name follow by path
 * @param builtins what needs no module
 */
record ModuleList(String release, List<String> paths, Builtins builtins) {
    ModuleList {
        paths = List.copyOf(paths);
    }

    static ModuleList of(KernelFiles kernel) {
        Map<String, Integer> positions = new HashMap<>();
        text(kernel, KernelFiles.ORDER).lines().forEach(line -> positions.putIfAbsent(line, positions.size()));
        List<String> paths = kernel.modules().keySet().stream()
                .sorted(Comparator.comparingInt(
                        path -> positions.getOrDefault(ModulePath.uncompressed(path), Integer.MAX_VALUE)))
                .toList();
        Builtins builtins = Builtins.parse(text(kernel, KernelFiles.BUILTIN), kernel.list(KernelFiles.BUILTIN_MODINFO));
        return new ModuleList(kernel.release(), paths, builtins);
    }

    /** Some of the paths in the order of this list. */
    List<String> inOrder(Collection<String> some) {
        return paths.stream().filter(some::contains).toList();
    }

    private static String text(KernelFiles kernel, String list) {
        return new String(kernel.list(list), StandardCharsets.UTF_8);
    }
}
