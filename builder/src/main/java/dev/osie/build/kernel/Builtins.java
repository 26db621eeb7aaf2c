package dev.osie.build.kernel;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a kernel carries in itself instead of in modules, from its {@code modules.builtin} and {@code modules.builtin.modinfo}
 * (kernel documentation, "kbuild").
 *
 * @param paths as {@code modules.builtin} lists them
 * @param aliases by name, for those that have any
 */
record Builtins(List<String> paths, SortedMap<String, List<String>> aliases) {
    static Builtins parse(String modulesBuiltin, byte[] modinfo) {
        List<String> paths = modulesBuiltin
                .lines()
                .filter(line -> !line.isBlank())
                .map(line -> PrintableAscii.require(line, KernelFiles.BUILTIN))
                .toList();
        SortedMap<String, List<String>> aliases = new TreeMap<>();
        for (String entry : new String(modinfo, StandardCharsets.UTF_8).split("\0")) {
            // module.key=value
            int dot = entry.indexOf('.');
            if (dot > 0 && entry.startsWith("alias=", dot + 1)) {
                aliases.computeIfAbsent(ModulePath.underscored(entry.substring(0, dot)), name -> new ArrayList<>())
                        .add(PrintableAscii.require(
                                entry.substring(dot + 1 + "alias=".length()), KernelFiles.BUILTIN_MODINFO));
            }
        }
        return new Builtins(paths, aliases);
    }
}
