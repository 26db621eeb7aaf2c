package dev.osie.build.initramfs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.store.Digest;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Layer;
import dev.osie.build.tree.LayerFlattener;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import dev.osie.build.tree.TreePath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Units laid over each other, by the kernel's rules. */
class OverlayTest {
    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final int WORLDS = 3000;

    private static Tree tree(Consumer<Tree.Builder> content) {
        Tree.Builder tree = new Tree.Builder();
        content.accept(tree);
        return tree.build(0);
    }

    private static Node file(String text) {
        return new Node.RegularFile(Attributes.root(0644, 0), Content.of(text));
    }

    private static Node link(String target) {
        return new Node.Symlink(Attributes.root(0777, 0), target);
    }

    private static String layer(int number) {
        return "layers/" + number;
    }

    /** Lays the trees over each other at the root, each being below {@code layers} too, and lets the model of the kernel unpack them. */
    private static SortedMap<String, KernelModel.Inode> unpack(List<Tree> trees) throws IOException {
        List<Unit> units = new ArrayList<>();
        for (Tree tree : trees) {
            units.add(Unit.of("unit", Digest.ofText("any"), () -> tree).at("", layer(units.size())));
        }
        Overlay overlay = Overlay.of(units, trees.stream().map(Archive::outline).toList());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < units.size(); i++) {
            Archive archive = Archive.of(units.get(i), trees.get(i), overlay.amendment(i), 0);
            int before = out.size();
            archive.writeTo(out, bytes -> {});
            assertThat(out.size() - before).isEqualTo((int) archive.size());
        }
        return KernelModel.unpack(out.toByteArray());
    }

    private static SortedMap<String, String> describe(SortedMap<String, KernelModel.Inode> files, String directory) {
        SortedMap<String, String> described = new TreeMap<>();
        files.forEach((path, inode) -> {
            if (directory.isEmpty() && !path.isEmpty() && !(path + "/").startsWith("layers/")) {
                described.put(path, Integer.toOctalString(inode.mode) + " " + inode.text());
            } else if (!directory.isEmpty() && path.startsWith(directory + "/")) {
                described.put(
                        path.substring(directory.length() + 1), Integer.toOctalString(inode.mode) + " " + inode.text());
            }
        });
        return described;
    }

    private static SortedMap<String, String> describe(Tree tree) throws IOException {
        return describe(unpack(List.of(tree)), layer(0));
    }

    @Test
    void unpacksToWhatTheLayersMeanInAnyRandomWorld() throws IOException {
        for (int seed = 0; seed < WORLDS; seed++) {
            List<Tree> trees = world(new Random(seed), false);
            SortedMap<String, KernelModel.Inode> files = unpack(trees);
            Tree flat = LayerFlattener.flatten(trees.stream()
                    .map(tree -> new Layer(tree, new TreeSet<>(), new TreeSet<>()))
                    .toList());
            assertThat(describe(files, "")).as("world %s", seed).isEqualTo(describe(flat));
        }
    }

    @Test
    void neverTouchesTheLayersThemselvesInAnyRandomWorldWithLinks() throws IOException {
        for (int seed = 0; seed < WORLDS; seed++) {
            List<Tree> trees = world(new Random(seed), true);
            SortedMap<String, KernelModel.Inode> files = unpack(trees);
            for (int i = 0; i < trees.size(); i++) {
                assertThat(describe(files, layer(i)))
                        .as("layer %s of world %s", i, seed)
                        .isEqualTo(describe(trees.get(i)));
            }
        }
    }

    private static List<Tree> world(Random random, boolean links) {
        List<Tree> trees = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int unit = i;
            trees.add(tree(tree -> fill(tree, "", random, links, unit, 0)));
        }
        return trees;
    }

    private static void fill(Tree.Builder tree, String directory, Random random, boolean links, int unit, int depth) {
        String lastFile = "";
        for (String name : NAMES) {
            String path = TreePath.join(directory, name);
            switch (random.nextInt(links ? 6 : 5)) {
                case 0 -> {
                    tree.put(
                            path, lastFile.isEmpty() ? file("unit " + unit + " " + path) : new Node.HardLink(lastFile));
                    lastFile = lastFile.isEmpty() ? path : lastFile;
                }
                case 1, 2 -> {
                    if (random.nextBoolean()) {
                        tree.put(path, new Node.Directory(Attributes.root(0700 + unit, 0)));
                    }
                    if (depth < 2) {
                        fill(tree, path, random, links, unit, depth + 1);
                    }
                }
                case 5 -> tree.put(path, link(NAMES.get(random.nextInt(3)) + (random.nextBoolean() ? "/a" : "")));
                default -> {}
            }
        }
    }

    @Test
    void followsALinkIntoADirectoryThatIsBehindALinkItself() throws IOException {
        SortedMap<String, KernelModel.Inode> files = unpack(List.of(
                tree(tree -> tree.put("lib", link("usr/lib"))
                        .put("usr/lib/modules", link("/srv/modules"))
                        .put("srv/modules/old", file("old"))),
                tree(tree -> tree.put("lib/modules/new", file("new")))));
        assertThat(files.get("srv/modules/new").text()).isEqualTo("new");
        assertThat(files.get("usr/lib/modules").text()).isEqualTo("/srv/modules");
        assertThat(files).doesNotContainKey("lib/modules");
    }

    @Test
    void replacesALinkThatLeadsNowhereByADirectory() throws IOException {
        SortedMap<String, KernelModel.Inode> files = unpack(
                List.of(tree(tree -> tree.put("data", link("gone"))), tree(tree -> tree.put("data/x", file("x")))));
        assertThat(files.get("data/x").text()).isEqualTo("x");
        assertThat(files.get("layers/0/data").text()).isEqualTo("gone");
    }

    @Test
    void doesNotFollowLinksThatRunInACircle() throws IOException {
        SortedMap<String, KernelModel.Inode> files = unpack(List.of(
                tree(tree -> tree.put("a", link("b")).put("b", link("a"))),
                tree(tree -> tree.put("a/x", file("x")).put("b/y", file("y")))));
        assertThat(describe(files, "layers/0")).containsOnlyKeys("a", "b");
        assertThat(files.values().stream().map(KernelModel.Inode::text)).contains("x", "y");
    }

    @Test
    void tellsOfADirectoryThatIsHidden() {
        List<Tree> trees =
                List.of(tree(tree -> tree.put("data/x", file("x"))), tree(tree -> tree.put("data", file("a file"))));
        List<Unit> units = List.of(
                Unit.of("lower", Digest.ofText("lower"), () -> trees.get(0)),
                Unit.of("upper", Digest.ofText("upper"), () -> trees.get(1)));
        Overlay overlay = Overlay.of(units, trees.stream().map(Archive::outline).toList());
        assertThat(overlay.warnings())
                .containsExactly("upper has data in place of a directory of lower, and hides what that holds");
    }

    @Test
    void unitsThatShareNothingNeedNoAmendment() {
        List<Tree> trees =
                List.of(tree(tree -> tree.put("etc/a", file("a"))), tree(tree -> tree.put("etc/b", file("b"))));
        List<Unit> units = List.of(
                Unit.of("lower", Digest.ofText("lower"), () -> trees.get(0)),
                Unit.of("upper", Digest.ofText("upper"), () -> trees.get(1)));
        Overlay overlay = Overlay.of(units, trees.stream().map(Archive::outline).toList());
        assertThat(overlay.amendment(0)).isEqualTo(Amendment.NONE);
        assertThat(overlay.amendment(1)).isEqualTo(Amendment.NONE);
    }
}
