package dev.osie.build.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileFilterTest {
    private static final Node.Directory DIRECTORY = new Node.Directory(Attributes.root(0755, 0));
    private static final Node.RegularFile FILE = new Node.RegularFile(Attributes.root(0644, 0), Content.of("x"));

    @ParameterizedTest
    @CsvSource({
        "usr/share/doc,      usr/share/doc/a/b,      true",
        "usr/share/doc,      usr/share/docs,         false",
        "usr/lib/*/gconv/**, usr/lib/x86_64/gconv/a, true",
        "usr/lib/*/gconv/**, usr/lib/a/b/gconv/c,    false",
        "**/*.la,            usr/lib/deep/x.la,      true",
        "**/*.la,            x.la,                   true",
        "usr/**/x,           usr/x,                  true",
        "usr/lib?,           usr/lib64,              false",
        "usr/lib??,          usr/lib64,              true",
        "usr/a.b,            usr/aXb,                false",
        "usr/[a],            usr/a,                  false",
    })
    void matchesGlobs(String glob, String path, boolean matches) {
        assertThat(new Glob(glob).matches(path)).isEqualTo(matches);
    }

    @Test
    void removesDirectoriesItEmptiedAndKeepsThoseThatWereEmpty() {
        Tree tree = new Tree.Builder()
                .put("usr/share/doc/x/copyright", FILE)
                .put("usr/share/man/man1/x.1", FILE)
                .put("var/lib/x", DIRECTORY)
                .build(0);

        assertThat(FileFilter.DEFAULT.apply(tree).nodes().keySet()).containsExactly("var", "var/lib", "var/lib/x");
    }

    @Test
    void keepsWhatARecipeAsksFor() {
        Tree tree = new Tree.Builder()
                .put("usr/share/doc/x/copyright", FILE)
                .put("usr/share/doc/x/README", FILE)
                .build(0);

        assertThat(FileFilter.of(List.of(), List.of("usr/share/doc/*/copyright"))
                        .apply(tree)
                        .nodes()
                        .keySet())
                .containsExactly("usr", "usr/share", "usr/share/doc", "usr/share/doc/x", "usr/share/doc/x/copyright");
    }

    @Test
    void givesTheContentToAHardLinkWhenTheFileGoes() {
        Tree tree = new Tree.Builder()
                .put("a/first", FILE)
                .put("b/second", new Node.HardLink("a/first"))
                .put("b/third", new Node.HardLink("a/first"))
                .build(0);

        Tree left = FileFilter.of(List.of("a"), List.of()).apply(tree);

        assertThat(left.get("a/first")).isEmpty();
        assertThat(left.get("b/second")).contains(FILE);
        assertThat(left.get("b/third")).contains(new Node.HardLink("b/second"));
    }
}
