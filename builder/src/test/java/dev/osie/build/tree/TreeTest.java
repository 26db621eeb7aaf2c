package dev.osie.build.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TreeTest {
    private static final Attributes PLAIN = Attributes.root(0644, 7);

    @Test
    void makesTheParentsNobodyPut() {
        Tree tree = new Tree.Builder().put("etc/ssl/certs/ca.pem", file("x")).build(42);

        assertThat(tree.nodes()).containsOnlyKeys("etc", "etc/ssl", "etc/ssl/certs", "etc/ssl/certs/ca.pem");
        assertThat(tree.get("etc/ssl")).contains(new Node.Directory(Attributes.root(0755, 42)));
    }

    @Test
    void keepsTheAttributesOfADirectoryThatWasPut() {
        Node.Directory sticky = new Node.Directory(Attributes.root(01777, 1));
        Tree tree =
                new Tree.Builder().put("tmp/a", file("x")).put("tmp", sticky).build(42);

        assertThat(tree.get("tmp")).contains(sticky);
    }

    @Test
    void rejectsAFileBelowAFile() {
        Tree.Builder builder = new Tree.Builder().put("a", file("x")).put("a/b", file("y"));

        assertThatThrownBy(() -> builder.build(0))
                .isInstanceOf(BuildException.class)
                .hasMessage("'a/b' lies below 'a', which is not a directory");
    }

    @Test
    void rejectsAHardLinkToNowhere() {
        Tree.Builder builder = new Tree.Builder().put("a", new Node.HardLink("b"));

        assertThatThrownBy(() -> builder.build(0))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("'b'");
    }

    @Test
    void removesADirectoryWithAllBelowItAndNothingBesideIt() {
        Tree tree = new Tree.Builder()
                .put("usr/lib/a", file("x"))
                .put("usr/lib-b", file("x"))
                .put("usr/lib0", file("x"))
                .remove("usr/lib")
                .build(0);

        assertThat(tree.nodes()).containsOnlyKeys("usr", "usr/lib-b", "usr/lib0");
    }

    @ParameterizedTest
    @CsvSource({"/etc/passwd,etc/passwd", "./etc//passwd,etc/passwd", "etc/,etc", "./,''", "a/./b,a/b"})
    void bringsPathsIntoOneForm(String spelled, String expected) {
        assertThat(TreePath.of(spelled)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../etc", "a/../../b", "..", "a/..", "a\0b"})
    void rejectsAPathThatLeavesTheTree(String spelled) {
        assertThatThrownBy(() -> TreePath.of(spelled)).isInstanceOf(BuildException.class);
    }

    private static Node file(String text) {
        return new Node.RegularFile(PLAIN, Content.of(text));
    }
}
