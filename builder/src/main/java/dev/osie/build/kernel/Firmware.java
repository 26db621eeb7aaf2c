package dev.osie.build.kernel;

import dev.osie.build.store.Blob;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Firmware for the modules of a kernel.
 *
 * @param layer uncompressed tar layer of {@code usr/lib/firmware}
 * @param origins the package and the modules behind each file, by its path in the root
 * @param missing files that modules may ask for and no package has, by the modules' names. Of some nobody needs them: a module may name
 *     one file for each revision of a chip
 */
public record Firmware(Blob layer, SortedMap<String, String> origins, SortedMap<String, List<String>> missing) {
    public Firmware {
        origins = Collections.unmodifiableSortedMap(new TreeMap<>(origins));
        missing = Collections.unmodifiableSortedMap(new TreeMap<>(missing));
    }

    /** For people: {@code 95 files; aic94xx, cassini and 6 more modules may ask for others}. */
    public String describe() {
        String files = origins.size() + (origins.size() == 1 ? " file" : " files");
        List<String> lacking = List.copyOf(missing.keySet());
        if (lacking.isEmpty()) {
            return files;
        }
        int shown = Math.min(2, lacking.size());
        int more = lacking.size() - shown;
        return files + "; " + String.join(", ", lacking.subList(0, shown)) + (more > 0 ? " and " + more + " more" : "")
                + " may ask for others, which no package has";
    }
}
