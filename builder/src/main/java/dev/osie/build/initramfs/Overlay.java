package dev.osie.build.initramfs;

import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.TreePath;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Lays units over each other: a later unit's file replaces an earlier one's of the same path, and directories merge.
 *
 * <p>Segments that follow one another would do almost that, but the kernel (init/initramfs.c) opens an existing regular file with
 * {@code O_TRUNC} and writes into it. When the file has a second name, as a layer at the root and below {@code containers/layers} has,
 * the container's copy would change too. Nor does it replace a directory that holds something; it makes a directory of a symbolic link
 * that leads to one; and parents that one unit only implies would take away the mode that another one gave them. So each path is
 * written by one unit only, and the others leave it out.
 *
 * <p>Where one unit has a directory and another has a symbolic link that leads to a directory, as {@code lib} and {@code usr/lib} of a
 * merged {@code /usr}, the link stays and what the directory holds goes where the link leads, as dpkg does it.
 */
final class Overlay {
    private final List<Unit> units;
    private final List<List<Claim>> claims = new ArrayList<>();
    private final List<SortedSet<String>> left = new ArrayList<>();
    private final Redirects redirects = new Redirects();
    private final NavigableMap<String, Slot> merged = new TreeMap<>();
    private final List<String> warnings = new ArrayList<>();

    /** What a unit has, at one of the places it is put. */
    private record Claim(int unit, String placed, Entry entry) {
        boolean isDirectory() {
            return entry.kind() instanceof Entry.Directory;
        }

        boolean isExplicitDirectory() {
            return entry.kind() instanceof Entry.Directory directory && !directory.implied();
        }
    }

    /** The claims that share a path: one file's, or those of all units that have the directory. */
    private record Slot(boolean directory, List<Claim> claims) {
        static Slot of(Claim claim) {
            return new Slot(claim.isDirectory(), new ArrayList<>(List.of(claim)));
        }

        Optional<Attributes> attributes() {
            return claims.stream()
                    .filter(Claim::isExplicitDirectory)
                    .map(claim -> claim.entry().attributes())
                    .reduce((lower, upper) -> upper);
        }
    }

    private Overlay(List<Unit> units) {
        this.units = units;
    }

    /**
     * Finds what each unit's segment must do differently.
     *
     * @param units lowest first
     * @param outlines the entries of each unit's own tree, in the order of the units
     */
    static Overlay of(List<Unit> units, List<List<Entry>> outlines) {
        Overlay overlay = new Overlay(units);
        for (int unit = 0; unit < units.size(); unit++) {
            overlay.claims.add(claims(unit, units.get(unit), outlines.get(unit)));
            overlay.left.add(new TreeSet<>());
        }
        int known;
        do { // a directory that is redirected may meet another link where it lies now
            known = overlay.redirects.size();
            overlay.findRedirects();
        } while (overlay.redirects.size() > known);
        overlay.claims.forEach(claims -> claims.forEach(overlay::lay));
        return overlay;
    }

    private static List<Claim> claims(int index, Unit unit, List<Entry> outline) {
        List<Claim> claims = new ArrayList<>();
        for (String prefix : unit.prefixes()) {
            outline.forEach(entry -> claims.add(new Claim(index, TreePath.join(prefix, entry.path()), entry)));
        }
        return claims;
    }

    private void findRedirects() {
        SortedMap<String, String> links = new TreeMap<>();
        Set<String> directories = new HashSet<>();
        for (List<Claim> unit : claims) {
            for (Claim claim : unit) {
                String path = location(claim);
                if (claim.isDirectory()) {
                    directories.add(path);
                } else if (claim.entry().kind() instanceof Entry.Symlink link) {
                    links.put(path, link.target());
                } else {
                    links.remove(path);
                }
            }
        }
        links.keySet().retainAll(directories);
        links.forEach((path, text) -> {
            String target = redirects.resolve(path, text);
            if (directories.contains(target) && !(target + "/").startsWith(path + "/")) {
                redirects.put(path, target);
            }
        });
    }

    private String location(Claim claim) {
        return claim.isDirectory() ? redirects.follow(claim.placed()) : redirects.followParent(claim.placed());
    }

    private void lay(Claim claim) {
        if (claim.isDirectory() && redirects.contains(redirects.followParent(claim.placed()))) {
            leaveOut(claim);
            return;
        }
        String path = location(claim);
        Slot lower = merged.get(path);
        if (lower != null && lower.directory() && claim.isDirectory()) {
            lower.claims().add(claim);
            return;
        }
        if (lower != null) {
            replace(path, lower, claim);
        }
        merged.put(path, Slot.of(claim));
    }

    private void replace(String path, Slot lower, Claim upper) {
        lower.claims().forEach(this::leaveOut);
        SortedMap<String, Slot> below = merged.subMap(path + "/", path + "0"); // '0' follows '/'
        if (!below.isEmpty()) {
            String owner = units.get(lower.claims().get(0).unit()).name();
            warnings.add(units.get(upper.unit()).name() + " has " + path + " in place of a directory of " + owner
                    + ", and hides what that holds");
        }
        below.values().forEach(slot -> slot.claims().forEach(this::leaveOut));
        below.clear();
    }

    private void leaveOut(Claim claim) {
        left.get(claim.unit()).add(claim.placed());
    }

    /** What the user should know: directories that held something and gave way to something else. */
    List<String> warnings() {
        return warnings;
    }

    /** What the segment of the unit must do differently. */
    Amendment amendment(int unit) {
        SortedMap<String, String> moved = new TreeMap<>();
        SortedMap<String, Attributes> directories = new TreeMap<>();
        Set<String> seen = new HashSet<>();
        for (Claim claim : claims.get(unit)) {
            if (!left.get(unit).contains(claim.placed())) {
                String path = location(claim);
                if (!path.equals(claim.placed())) {
                    moved.put(claim.placed(), path);
                }
                amendDirectories(unit, claim.isDirectory() ? path : TreePath.parent(path), seen, directories);
            }
        }
        return new Amendment(left.get(unit), moved, directories);
    }

    private void amendDirectories(int unit, String lowest, Set<String> seen, Map<String, Attributes> amended) {
        for (String path = lowest; !path.isEmpty() && seen.add(path); path = TreePath.parent(path)) {
            Slot slot = merged.get(path);
            if (slot != null
                    && slot.claims().stream().noneMatch(claim -> claim.unit() == unit && claim.isExplicitDirectory())) {
                String directory = path;
                slot.attributes()
                        .map(attributes -> attributes.withoutXattrs().withMtime(0))
                        .filter(attributes -> !attributes.equals(Amendment.IMPLIED))
                        .ifPresent(attributes -> amended.put(directory, attributes));
            }
        }
    }
}
