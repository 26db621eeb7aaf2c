package dev.osie.build.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.spec.FileEntry;
import dev.osie.build.spec.OsieDocument;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import dev.osie.build.yaml.YamlReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesTreeTest {
    private static final long MTIME = 1_700_000_000;

    @TempDir
    Path directory;

    private final Tree.Builder init = new Tree.Builder();

    @Test
    void leavesDirectoriesThatExistAsTheyAre() {
        init.put("etc", new Node.Directory(Attributes.root(0755, 5)));

        Tree tree = files("""
                services: [{ name: web, image: i }]
                files: [{ path: etc/secret, contents: x, uid: web }]
                """);
        assertThat(tree.get("etc")).contains(new Node.Directory(Attributes.root(0755, 5)));
        assertThat(attributes(tree, "etc/secret").uid()).isEqualTo(100);
        assertThat(attributes(tree, "etc/secret").mode()).isEqualTo(0600);
    }

    @Test
    void givesNewDirectoriesTheFilesOwnerAndTheRightToEnter() {
        Tree tree = files("files: [{ path: a/b/c, contents: x, mode: \"0640\", uid: 7, gid: 8 }]");

        assertThat(attributes(tree, "a/b").mode()).isEqualTo(0750);
        assertThat(attributes(tree, "a").uid()).isEqualTo(7);
        assertThat(attributes(tree, "a").gid()).isEqualTo(8);
    }

    @Test
    void changesAnExistingDirectoryOnlyAsFarAsTheDocumentSays() {
        init.put("var", new Node.Directory(Attributes.root(0755, 5).withOwner(3, 3)));

        assertThat(attributes(files("files: [{ path: var, directory: true }]"), "var")
                        .mode())
                .isEqualTo(0755);
        Attributes changed = attributes(files("files: [{ path: var, directory: true, mode: \"0700\" }]"), "var");
        assertThat(changed.mode()).isEqualTo(0700);
        assertThat(changed.uid()).isEqualTo(3);
    }

    @Test
    void makesDirectoriesAndLinks() {
        Tree tree = files(
                "files: [{ path: d, directory: true }, { path: x/l, symlink: ../d }, { path: y, metadata: yaml }]");

        assertThat(attributes(tree, "d").mode()).isEqualTo(0700);
        assertThat(((Node.Symlink) tree.get("x/l").orElseThrow()).target()).isEqualTo("../d");
        assertThat(attributes(tree, "x").mode()).isEqualTo(0755);
        assertThat(text(tree, "y")).isEqualTo("kernel: { cmdline: quiet }\n");
    }

    @Test
    void writesMetadataAsJsonToo() {
        Tree tree = files("files: [{ path: y, metadata: json }]");

        assertThat(text(tree, "y")).isEqualTo("""
                {
                    "kernel": {
                        "cmdline": "quiet"
                    }
                }""");
    }

    @Test
    void followsLinksOfTheRootInsteadOfReplacingThem() {
        init.put("lib", new Node.Symlink(Attributes.root(0777, 0), "usr/lib"));
        init.put("usr/lib/x", new Node.Directory(Attributes.root(0755, 0)));
        init.put("etc/resolv.conf", new Node.Symlink(Attributes.root(0777, 0), "/run/resolv.conf"));

        Tree tree = files(
                "files: [{ path: lib/x/f, contents: a }, { path: lib, directory: true }, { path: etc/resolv.conf, contents: b }]");
        assertThat(tree.get("usr/lib/x/f")).isPresent();
        assertThat(tree.get("lib")).isEmpty();
        assertThat(tree.get("etc/resolv.conf").orElseThrow()).isInstanceOf(Node.RegularFile.class);
    }

    @Test
    void refusesLinksWithoutEnd() {
        init.put("a", new Node.Symlink(Attributes.root(0777, 0), "b"));
        init.put("b", new Node.Symlink(Attributes.root(0777, 0), "a"));

        assertThatThrownBy(() -> files("files: [{ path: a/x, contents: x }]"))
                .hasMessageContaining("too many symbolic links");
    }

    @Test
    void refusesAFileInThePlaceOfADirectoryAndBelowAFile() {
        init.put("usr/bin/x", new Node.RegularFile(Attributes.root(0755, 0), Content.of("")));

        assertThatThrownBy(() -> files("files: [{ path: usr/bin, contents: x }, { path: usr/bin/x/y, contents: x }]"))
                .hasMessageContaining("the path 'usr/bin' is a directory of the init images")
                .hasMessageContaining("'usr/bin/x' is not a directory in the init images");
    }

    @Test
    void readsSources() throws IOException {
        Files.writeString(directory.resolve("s"), "from the host");

        Tree tree = files("files: [{ path: a, source: s, mode: \"4755\" }, { path: b, source: none, optional: true }]");
        assertThat(text(tree, "a")).isEqualTo("from the host");
        assertThat(attributes(tree, "a").mode()).isEqualTo(04755);
        assertThat(tree.get("b")).isEmpty();
    }

    @Test
    void pointsAtSourcesThatCannotBeRead() {
        assertThatThrownBy(() -> files("files:\n  - path: a\n    source: none\n  - { path: b, source: . }"))
                .hasMessageContaining("t.yaml:3:13: the source 'none' does not exist")
                .hasMessageContaining("t.yaml:4:24: the source '.' is not a regular file");
    }

    @Test
    void theLastOfTwoEntriesForAPathCounts() {
        Tree tree = files("files: [{ path: a, contents: x }, { path: /a, contents: y }]");

        assertThat(text(tree, "a")).isEqualTo("y");
    }

    private Tree files(String yaml) {
        Tree below = init.build(0);
        OsieDocument document = OsieDocument.read(YamlReader.read("t.yaml", yaml));
        return FilesTree.of(
                document,
                new FilesTree.Surroundings() {
                    @Override
                    public Optional<Node> below(String path) {
                        return below.get(path);
                    }

                    @Override
                    public Path locate(FileEntry.Source source) {
                        return directory.resolve(source.file());
                    }

                    @Override
                    public String metadata() {
                        return "kernel: { cmdline: quiet }\n";
                    }
                },
                MTIME);
    }

    private static Attributes attributes(Tree tree, String path) {
        Node node = tree.get(path).orElseThrow();
        return node instanceof Node.Directory directory
                ? directory.attributes()
                : ((Node.RegularFile) node).attributes();
    }

    private static String text(Tree tree, String path) {
        try (InputStream in =
                ((Node.RegularFile) tree.get(path).orElseThrow()).content().open()) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
