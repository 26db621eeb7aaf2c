package dev.osie.build.kernel;

import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import dev.osie.build.tree.TreeLinks;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.Suggestion;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Chooses files of firmware by the names that modules have for them, and follows the links among them. */
final class FirmwareSelection {
    private static final String PLACE = "usr/lib/firmware/";
    private static final List<String> ROOTS = List.of(PLACE, "lib/firmware/");
    private static final int LONGEST_PATTERN = 256;

    /** Where the kernel looks for a file: as it is, and compressed (CONFIG_FW_LOADER_COMPRESS). */
    private static final List<String> SUFFIXES = List.of("", ".xz", ".zst");

    private record Offered(String origin, Node node) {}

    private final SortedMap<String, Offered> offered = new TreeMap<>();
    private final SortedMap<String, Set<String>> chosen = new TreeMap<>();
    private final SortedMap<String, List<String>> missing = new TreeMap<>();

    /** Adds a package's files to choose from. */
    void offer(String origin, Tree files) {
        for (String root : ROOTS) {
            files.nodes().tailMap(root).forEach((path, node) -> {
                if (path.startsWith(root) && !(node instanceof Node.Directory)) {
                    offered.putIfAbsent(path.substring(root.length()), new Offered(origin, node));
                }
            });
        }
    }

    /** Chooses a file, or the files of a pattern, that a module may ask for. */
    void ask(String module, String file) {
        List<String> found = file.indexOf('*') >= 0 ? matching(file) : named(file);
        found.forEach(path -> choose(path, module));
        if (found.isEmpty()) {
            missing.computeIfAbsent(module, any -> new ArrayList<>()).add(file);
        }
    }

    /** Chooses the files of a pattern that a document adds. */
    void add(String pattern, Position position) {
        if (pattern.length() > LONGEST_PATTERN) {
            throw Problems.failure(position, "a pattern of firmware has at most " + LONGEST_PATTERN + " characters");
        }
        List<String> found = matching(pattern);
        if (found.isEmpty()) {
            throw Problems.failure(
                    position,
                    "'" + pattern + "' in firmware.add fits no file of the kernel's firmware packages"
                            + Suggestion.closest(pattern, offered.keySet())
                                    .map(closest -> " — did you mean '" + closest + "'?")
                                    .orElse(""));
        }
        found.forEach(path -> choose(path, "firmware.add"));
    }

    private List<String> named(String file) {
        return SUFFIXES.stream()
                .map(suffix -> file + suffix)
                .filter(this::isThere)
                .limit(1)
                .toList();
    }

    /** A link that leads nowhere is no file. */
    private boolean isThere(String path) {
        return offered.containsKey(path)
                && (!(offered.get(path).node() instanceof Node.Symlink)
                        || resolved(path).isPresent());
    }

    private List<String> matching(String pattern) {
        StringBuilder regex = new StringBuilder();
        for (String literal : pattern.split("\\*", -1)) {
            regex.append(regex.isEmpty() ? "" : ".*").append(literal.isEmpty() ? "" : Pattern.quote(literal));
        }
        Pattern compiled = Pattern.compile(regex.isEmpty() ? ".*" : regex + "(?:\\.xz|\\.zst)?");
        return offered.keySet().stream()
                .filter(path -> compiled.matcher(path).matches() && isThere(path))
                .toList();
    }

    private void choose(String path, String reason) {
        chosen.computeIfAbsent(path, any -> new LinkedHashSet<>()).add(reason);
        resolved(path)
                .ifPresent(target -> chosen.computeIfAbsent(target, any -> new LinkedHashSet<>())
                        .add(reason));
    }

    /** Where a link leads; packages link files of one content, and boards to those of their maker. */
    private Optional<String> resolved(String path) {
        return offered.get(path).node() instanceof Node.Symlink
                ? new TreeLinks(at ->
                                Optional.ofNullable(offered.get(inside(at))).map(Offered::node))
                        .resolve(PLACE + path, true)
                        .map(FirmwareSelection::inside)
                        .filter(offered::containsKey)
                : Optional.empty();
    }

    private static String inside(String path) {
        return ROOTS.stream()
                .filter(path::startsWith)
                .findFirst()
                .map(root -> path.substring(root.length()))
                .orElse("");
    }

    Tree tree(long epoch) {
        Tree.Builder tree = new Tree.Builder();
        chosen.keySet().forEach(path -> node(path, epoch).ifPresent(node -> tree.put(PLACE + path, node)));
        return tree.build(epoch);
    }

    /** A link over several others leads to the file at once. */
    private Optional<Node> node(String path, long epoch) {
        Node node = offered.get(path).node();
        if (node instanceof Node.RegularFile file) {
            return Optional.of(new Node.RegularFile(file.attributes().clamped(epoch), file.content()));
        } else if (node instanceof Node.HardLink link) {
            return Optional.ofNullable(offered.get(inside(link.target()))).map(Offered::node);
        } else if (node instanceof Node.Symlink link) {
            String up = "../".repeat((int) path.chars().filter(c -> c == '/').count());
            return resolved(path)
                    .map(target -> new Node.Symlink(link.attributes().clamped(epoch), up + target));
        }
        return Optional.empty();
    }

    /** The package and what asks for it, by path in the root. */
    SortedMap<String, String> origins() {
        SortedMap<String, String> origins = new TreeMap<>();
        chosen.forEach((path, reasons) -> origins.put(
                PLACE + path, "debian:" + offered.get(path).origin() + ": for " + String.join(", ", reasons)));
        return origins;
    }

    SortedMap<String, List<String>> missing() {
        return missing;
    }
}
