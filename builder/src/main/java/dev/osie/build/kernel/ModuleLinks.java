package dev.osie.build.kernel;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the kernel compares when it loads a module, and refuses the module for.
 *
 * @param vermagic release and options of the kernel it is made for, without spaces at the end; empty when it has none
 * @param license as the module says it; empty when it says none
 * @param namespaces of symbols, that it imports
 * @param needs symbols that have to be there when it is loaded
 * @param expected checksums of the interfaces behind symbols it uses, as it was built with them (section {@code __versions})
 * @param exports symbols that it offers
 * @param parameters that it can be given
 * @param signed whether a signature is appended to it
 */
record ModuleLinks(
        String vermagic,
        String license,
        SortedSet<String> namespaces,
        SortedSet<String> needs,
        SortedMap<String, Integer> expected,
        SortedSet<String> exports,
        SortedSet<String> parameters,
        boolean signed) {
    /** Those that open the symbols which are exported to GPL modules only (kernel documentation, "Linux kernel licensing rules"). */
    private static final List<String> FREE =
            List.of("GPL", "GPL v2", "GPL and additional rights", "Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL");

    ModuleLinks {
        namespaces = Collections.unmodifiableSortedSet(new TreeSet<>(namespaces));
        needs = Collections.unmodifiableSortedSet(new TreeSet<>(needs));
        expected = Collections.unmodifiableSortedMap(new TreeMap<>(expected));
        exports = Collections.unmodifiableSortedSet(new TreeSet<>(exports));
        parameters = Collections.unmodifiableSortedSet(new TreeSet<>(parameters));
    }

    boolean mayUseGplSymbols() {
        return FREE.contains(license);
    }
}
