package dev.osie.build.initramfs;

import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What units make once they lie over each other, entry by entry: the tree that a kernel would unpack from their segments, for archives
 * that are no initramfs.
 */
public final class Rootfs {
    private final List<Unit> units;
    private final List<Archive> archives = new ArrayList<>();
    private final List<String> warnings;
    private final Map<String, Attributes> directories = new HashMap<>();

    /** Takes the entries one by one. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * Takes an entry, whose parent it has had before.
         *
         * @param unit that the entry belongs to
         * @param content of a regular file, or the target of a symbolic link
         * @param link the path of an entry of the same file that came earlier
         */
        void visit(Unit unit, Entry entry, Content content, Optional<String> link) throws IOException;
    }

    private Rootfs(List<Unit> units, Overlay overlay, long latest) {
        this.units = units;
        this.warnings = overlay.warnings();
        for (int i = 0; i < units.size(); i++) {
            Archive archive = Archive.of(units.get(i), units.get(i).tree().get(), overlay.amendment(i), latest);
            archives.add(archive);
            archive.placed().forEach(this::note);
        }
    }

    /**
     * Lays units over each other, later ones on top.
     *
     * @param latest modification times beyond this, in seconds since 1970, are brought back to it
     */
    public static Rootfs of(List<Unit> units, long latest) {
        List<List<Entry>> outlines =
                units.stream().map(unit -> Archive.outline(unit.tree().get())).toList();
        return new Rootfs(units, Overlay.of(units, outlines), latest);
    }

    private void note(Archive.Placed placed) {
        if (placed.entry().kind() instanceof Entry.Directory) {
            directories.put(placed.entry().path(), placed.entry().attributes());
        }
    }

    /** What the user should know: directories that held something and gave way to something else. */
    public List<String> warnings() {
        return warnings;
    }

    /** Visits each path once, unit by unit, each unit's sorted. The root itself is left out. */
    public void forEach(Visitor visitor) throws IOException {
        Set<String> seen = new HashSet<>(Set.of(""));
        for (int i = 0; i < units.size(); i++) {
            Map<Long, String> firstNames = new HashMap<>();
            for (Archive.Placed placed : archives.get(i).placed()) {
                visit(visitor, units.get(i), placed, seen, firstNames);
            }
        }
    }

    private void visit(
            Visitor visitor, Unit unit, Archive.Placed placed, Set<String> seen, Map<Long, String> firstNames)
            throws IOException {
        Entry entry = placed.entry();
        if (!seen.add(entry.path())) {
            return;
        }
        Optional<String> link = Optional.empty();
        if (entry.kind() instanceof Entry.RegularFile file) {
            link = Optional.ofNullable(firstNames.putIfAbsent(file.inode(), entry.path()));
        } else if (entry.kind() instanceof Entry.Directory) {
            entry = new Entry(entry.path(), entry.kind(), directories.get(entry.path()));
        }
        visitor.visit(unit, entry, placed.content(), link);
    }
}
