package dev.osie.build.image;

import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.Suggestion;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** The tree of a recipe's own files while it grows: what depends on other files of the image comes when those are there. */
final class OwnFiles {
    private final NavigableMap<String, Node> nodes = new TreeMap<>();
    private final LowerLayers lower;
    private final long epoch;
    private final Problems problems;

    /** What is another file again: a further name, or the same with other permissions. */
    record Dependent(RecipeFile file, String path, String target, Owner owner) {}

    /** Numbers of a user and a group, if the recipe says them. */
    record Owner(Optional<Long> uid, Optional<Long> gid) {}

    OwnFiles(LowerLayers lower, long epoch, Problems problems) {
        this.lower = lower;
        this.epoch = epoch;
        this.problems = problems;
    }

    void put(String path, Node node) {
        nodes.put(path, node);
    }

    boolean isEmpty() {
        return nodes.isEmpty();
    }

    boolean contains(String path) {
        return nodes.containsKey(path);
    }

    /** Adds what depends on other files. */
    void resolve(List<Dependent> dependents) {
        Map<String, String> links = new HashMap<>();
        for (Dependent dependent : dependents) {
            if (dependent.file().kind() instanceof RecipeFile.Existing) {
                change(dependent);
            } else {
                links.put(dependent.path(), dependent.target());
            }
        }
        for (Dependent dependent : dependents) {
            if (dependent.file().kind() instanceof RecipeFile.HardLink link) {
                link(dependent, link, links);
            }
        }
    }

    /** What a link leads to in the end, when its target is a link as well; itself when that is a circle. */
    private static String end(String path, Map<String, String> links) {
        String end = path;
        for (int steps = 0; links.containsKey(end) && steps <= links.size(); steps++) {
            end = links.get(end);
        }
        return end;
    }

    /** A layer's link cannot lead into another layer everywhere, so this one then has the file again, as after any ln in a container. */
    private void link(Dependent dependent, RecipeFile.HardLink link, Map<String, String> links) {
        String target = end(dependent.path(), links);
        if (links.containsKey(target)) {
            problems.add(
                    link.position(),
                    "'" + link.target() + "' leads back to '" + dependent.file().path() + "'");
            return;
        }
        if (!nodes.containsKey(target)) {
            Optional<Node.RegularFile> below = lower.file(target);
            if (below.isPresent()) {
                nodes.put(target, PackageLayers.clamped(below.get(), epoch));
            }
        }
        if (nodes.get(target) instanceof Node.RegularFile) {
            nodes.put(dependent.path(), new Node.HardLink(target));
            return;
        }
        boolean there = nodes.containsKey(target) || lower.tree().get(target).isPresent();
        problems.add(
                link.position(),
                () -> there
                        ? "'" + link.target() + "' is not a regular file, and nothing else can have a further name:"
                                + " perhaps 'symlink' is meant"
                        : missing(link.target(), target));
    }

    private void change(Dependent dependent) {
        String path = dependent.path();
        Optional<Node> found = Optional.ofNullable(nodes.get(path));
        if (found.isEmpty()) {
            Optional<Node.RegularFile> file = lower.file(path);
            found = file.isPresent() ? Optional.of(file.get()) : lower.tree().get(path);
        }
        if (found.isEmpty()) {
            problems.add(
                    dependent.file().position(), () -> missing(dependent.file().path(), path));
            return;
        }
        RecipeFile.Permissions permissions = dependent.file().permissions();
        if (permissions.capabilities().isPresent() && !(found.get() instanceof Node.RegularFile)) {
            problems.add(
                    dependent.file().position(),
                    "'" + dependent.file().path() + "' is not a regular file, and nothing else has capabilities");
            return;
        }
        nodes.put(path, changed(PackageLayers.clamped(found.get(), epoch), permissions, dependent.owner()));
    }

    private static Node changed(Node node, RecipeFile.Permissions permissions, Owner owner) {
        if (node instanceof Node.RegularFile file) {
            return new Node.RegularFile(changed(file.attributes(), permissions, owner), file.content());
        } else if (node instanceof Node.Directory directory) {
            return new Node.Directory(changed(directory.attributes(), permissions, owner));
        } else if (node instanceof Node.Device device) {
            return new Node.Device(
                    changed(device.attributes(), permissions, owner), device.kind(), device.major(), device.minor());
        } else if (node instanceof Node.Fifo fifo) {
            return new Node.Fifo(changed(fifo.attributes(), permissions, owner));
        } else if (node instanceof Node.Symlink link) {
            return new Node.Symlink(
                    changed(link.attributes(), permissions, owner).withMode(0777), link.target());
        }
        return node;
    }

    private static Attributes changed(Attributes attributes, RecipeFile.Permissions permissions, Owner owner) {
        TreeMap<String, String> xattrs = new TreeMap<>(attributes.xattrs());
        permissions
                .capabilities()
                .ifPresent(capabilities -> xattrs.put(FileCapabilities.ATTRIBUTE, capabilities.attribute()));
        return new Attributes(
                permissions.mode().orElse(attributes.mode()),
                owner.uid().orElse(attributes.uid()),
                owner.gid().orElse(attributes.gid()),
                attributes.mtime(),
                xattrs);
    }

    private String missing(String written, String path) {
        TreeMap<String, Node> all = new TreeMap<>(lower.tree().nodes());
        all.putAll(nodes);
        return "the image has no '" + written + "'"
                + Suggestion.closest(path, all.keySet())
                        .map(closest -> " — did you mean '" + closest + "'?")
                        .orElse(": neither the recipe's own files nor what lies below bring it");
    }

    Tree build() {
        Tree.Builder tree = new Tree.Builder();
        nodes.forEach(tree::put);
        return tree.build(epoch);
    }
}
