package dev.osie.build.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Layers become the tree that a container of them sees. */
class LayerFlattenerTest {
    private static Layer layer(Consumer<Tree.Builder> content) {
        return layer(List.of(), List.of(), content);
    }

    private static Layer layer(List<String> whiteouts, List<String> opaques, Consumer<Tree.Builder> content) {
        Tree.Builder tree = new Tree.Builder();
        content.accept(tree);
        return new Layer(tree.build(0), sorted(whiteouts), sorted(opaques));
    }

    private static SortedSet<String> sorted(List<String> paths) {
        return new TreeSet<>(paths);
    }

    private static Node file(String text) {
        return new Node.RegularFile(Attributes.root(0644, 0), Content.of(text));
    }

    private static Node directory(int mode) {
        return new Node.Directory(Attributes.root(mode, 0));
    }

    private static Node link(String target) {
        return new Node.Symlink(Attributes.root(0777, 0), target);
    }

    private static String text(Tree tree, String path) {
        Node node = tree.get(path).orElseThrow();
        if (node instanceof Node.HardLink link) {
            return text(tree, link.target());
        }
        try (InputStream in = ((Node.RegularFile) node).content().open()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theUppermostFileStays() {
        Tree tree = LayerFlattener.flatten(List.of(
                layer(lower -> lower.put("etc/a", file("1")).put("etc/b", file("1"))),
                layer(upper -> upper.put("etc/a", file("2")))));
        assertThat(text(tree, "etc/a")).isEqualTo("2");
        assertThat(text(tree, "etc/b")).isEqualTo("1");
    }

    @Test
    void aWhiteoutRemovesADirectoryWithAllItHolds() {
        Tree tree = LayerFlattener.flatten(List.of(
                layer(lower -> lower.put("a/b/c", file("c")).put("a-b", file("next to it"))),
                layer(List.of("a"), List.of(), upper -> {})));
        assertThat(tree.nodes()).containsOnlyKeys("a-b");
    }

    @Test
    void aWhiteoutSparesItsOwnLayer() {
        Tree tree = LayerFlattener.flatten(List.of(
                layer(lower -> lower.put("a/old", file("old"))),
                layer(List.of("a"), List.of(), upper -> upper.put("a/new", file("new")))));
        assertThat(tree.nodes()).containsOnlyKeys("a", "a/new");
    }

    @Test
    void anOpaqueDirectoryHidesWhatLowerLayersHoldInIt() {
        Tree tree = LayerFlattener.flatten(List.of(
                layer(lower -> lower.put("a", directory(0700)).put("a/old/x", file("old"))),
                layer(List.of(), List.of("a"), upper -> upper.put("a/new", file("new")))));
        assertThat(tree.nodes()).containsOnlyKeys("a", "a/new");
        assertThat(tree.get("a")).contains(directory(0700));
    }

    @Test
    void anOpaqueRootHidesEverythingBelow() {
        Tree tree = LayerFlattener.flatten(List.of(
                layer(lower -> lower.put("a/old", file("old"))),
                layer(List.of(), List.of(""), upper -> upper.put("b", file("new")))));
        assertThat(tree.nodes()).containsOnlyKeys("b");
    }

    @Test
    void aDirectoryAndAFileReplaceEachOther() {
        Tree tree = LayerFlattener.flatten(List.of(
                layer(lower -> lower.put("a/x", file("x")).put("b", file("b"))),
                layer(upper -> upper.put("a", file("a")).put("b/y", file("y")))));
        assertThat(tree.nodes()).containsOnlyKeys("a", "b", "b/y");
        assertThat(text(tree, "a")).isEqualTo("a");
    }

    @Test
    void replacingOneNameOfAFileLeavesTheOthers() {
        Tree tree = LayerFlattener.flatten(List.of(
                layer(lower -> lower.put("a", file("old"))
                        .put("b", new Node.HardLink("a"))
                        .put("c", new Node.HardLink("a"))),
                layer(upper -> upper.put("a", file("new")))));
        assertThat(text(tree, "a")).isEqualTo("new");
        assertThat(text(tree, "b")).isEqualTo("old");
        assertThat(tree.get("c")).contains(new Node.HardLink("b"));
    }

    @Test
    void removingTheFileOfAHardLinkLeavesTheLink() {
        Tree tree = LayerFlattener.flatten(List.of(
                layer(lower -> lower.put("a", file("text")).put("b", new Node.HardLink("a"))),
                layer(List.of("a"), List.of(), upper -> {})));
        assertThat(tree.nodes()).containsOnlyKeys("b");
        assertThat(text(tree, "b")).isEqualTo("text");
    }

    @Test
    void equalFilesStayApart() {
        Node same = file("same");
        Tree tree = LayerFlattener.flatten(
                List.of(layer(lower -> lower.put("a", same).put("b", same))));
        assertThat(tree.get("b")).get().isInstanceOf(Node.RegularFile.class);
    }

    @Test
    void anUnlistedParentFollowsTheLinkBelow() {
        Tree tree = LayerFlattener.flatten(List.of(
                layer(lower -> lower.put("usr/lib/x", file("x")).put("lib", link("/usr/lib"))),
                layer(upper -> upper.put("lib/modules/y", file("y")))));
        assertThat(tree.get("lib")).contains(link("/usr/lib"));
        assertThat(text(tree, "usr/lib/modules/y")).isEqualTo("y");
    }

    @Test
    void aListedDirectoryReplacesTheLinkBelow() {
        Tree tree = LayerFlattener.flatten(List.of(
                layer(lower -> lower.put("usr/lib/x", file("x")).put("lib", link("usr/lib"))),
                layer(upper -> upper.put("lib", directory(0755)).put("lib/y", file("y")))));
        assertThat(tree.nodes()).containsOnlyKeys("lib", "lib/y", "usr", "usr/lib", "usr/lib/x");
    }

    @Test
    void anUnlistedParentKeepsTheModeItHas() {
        Tree tree = LayerFlattener.flatten(List.of(
                layer(lower -> lower.put("tmp", directory(01777))), layer(upper -> upper.put("tmp/x", file("x")))));
        assertThat(tree.get("tmp")).contains(directory(01777));
    }

    @Test
    void aDirectoryStaysWhenAllThatItHoldsIsRemoved() {
        Tree tree = LayerFlattener.flatten(List.of(
                layer(lower -> lower.put("a/old", file("old"))), layer(List.of("a/old"), List.of(), upper -> {})));
        assertThat(tree.nodes()).containsOnlyKeys("a");
    }

    @Test
    void linksThatRunInACircleDoNotHang() {
        Tree tree = LayerFlattener.flatten(List.of(
                layer(lower -> lower.put("a", link("b")).put("b", link("a"))),
                layer(upper -> upper.put("a/x", file("x")))));
        assertThat(text(tree, "a/x")).isEqualTo("x");
    }
}
