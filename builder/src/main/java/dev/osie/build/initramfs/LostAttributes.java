package dev.osie.build.initramfs;

import dev.osie.build.store.Store;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds the extended attributes that stay behind, as a cpio archive has no place for them, and says so in one line. */
final class LostAttributes {
    private static final int MOST_SHOWN = 12;

    private LostAttributes() {}

    /** What to tell the user; empty when nothing is lost. */
    static Optional<String> describe(List<Segment> segments, Store store) {
        List<String> files = segments.stream()
                .flatMap(segment -> segment.entries(store).stream())
                .filter(Entry::losesXattrs)
                .map(entry -> entry.path() + " ("
                        + String.join(", ", entry.attributes().xattrs().keySet()) + ")")
                .toList();
        if (files.isEmpty()) {
            return Optional.empty();
        }
        String shown = files.stream().limit(MOST_SHOWN).collect(Collectors.joining(", "));
        String more = files.size() > MOST_SHOWN ? " and " + (files.size() - MOST_SHOWN) + " more" : "";
        return Optional.of(
                "an initramfs holds no extended attributes, so these lose theirs, file capabilities among them: "
                        + shown + more);
    }
}
