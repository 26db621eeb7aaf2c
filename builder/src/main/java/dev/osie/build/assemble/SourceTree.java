package dev.osie.build.assemble;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.store.Blob;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** A directory of the host with sources, taken by its content: names, bytes and links, without times, owners and what git keeps. */
final class SourceTree {
    private static final String GIT = ".git";

    private SourceTree() {}

    /** A tar archive of the directory, the same for the same content. */
    static Blob of(Path directory, Store store) {
        Tree.Builder tree = new Tree.Builder();
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
                    return path.getFileName().toString().equals(GIT)
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) throws IOException {
                    String name = directory.relativize(path).toString().replace('\\', '/');
                    if (attributes.isSymbolicLink()) {
                        String target = Files.readSymbolicLink(path).toString().replace('\\', '/');
                        tree.put(name, new Node.Symlink(Attributes.root(0777, 0), target));
                    } else if (attributes.isRegularFile()
                            && !path.getFileName().toString().equals(GIT)) {
                        Attributes mode = Attributes.root(Files.isExecutable(path) ? 0755 : 0644, 0);
                        tree.put(name, new Node.RegularFile(mode, Content.of(path)));
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw unavailable("Tried to read the directory " + directory + ", but failed: " + e)
                    .because(e);
        }
        Tree built = tree.build(0);
        return store.write(out -> TarLayer.write(built, out));
    }
}
