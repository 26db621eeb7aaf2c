package dev.osie.build.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.osie.build.oci.Execution;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.ImageConfig;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Platform;
import dev.osie.build.oci.Reference;
import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Contents;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Puts things into a store as builds do. */
final class StoreFixture {
    private final Store store;

    StoreFixture(Path root) {
        this.store = Store.open(root);
    }

    Store store() {
        return store;
    }

    Blob text(String text) {
        return store.put(text.getBytes(UTF_8));
    }

    Blob deb(String name) {
        return text("!<arch>\ndebian-binary   " + name + " ".repeat(100));
    }

    Blob layer(String content) {
        Tree tree = new Tree.Builder()
                .put("file", new Node.RegularFile(Attributes.root(0644, 0), Content.of(content)))
                .build(0);
        return store.write(out -> TarLayer.write(tree, out));
    }

    Image image(String name, Blob layer) {
        ImageConfig config = new ImageConfig(
                Platform.linux(Architecture.X86_64),
                Optional.empty(),
                Optional.empty(),
                Execution.EMPTY,
                List.of(layer.digest()),
                List.of());
        return new Layout(store).put(Reference.parse(name), config, List.of(new Image.Layer(layer, "test")));
    }

    Set<Digest> blobs() {
        return store.contents().blobs().stream().map(Contents.Item::digest).collect(Collectors.toSet());
    }

    /** Sets the time of last use of everything in the store. */
    void age(Duration age) {
        store.contents().blobs().forEach(item -> age(item.file(), age));
        store.contents().records().forEach(item -> age(item.file(), age));
    }

    void age(Blob blob, Duration age) {
        age(store.path(blob.digest()), age);
    }

    private static void age(Path file, Duration age) {
        try {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Changes one bit, and neither the size nor the time. */
    void flip(Path file) throws IOException {
        FileTime time = Files.getLastModifiedTime(file);
        byte[] content = Files.readAllBytes(file);
        content[content.length / 2] ^= 1;
        Files.write(file, content);
        Files.setLastModifiedTime(file, time);
    }
}
