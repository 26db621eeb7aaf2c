package dev.osie.build.assemble;

import dev.osie.build.oci.Image;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import dev.osie.build.tree.LayerFlattener;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import dev.osie.build.tree.TreeLinks;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The user that an image's containers run as, in numbers: names, and the group of a user without one, are looked up in the image's
 * {@code etc/passwd} and {@code etc/group}, as container runtimes do (OCI image specification, "Image Configuration", {@code User}).
 */
final class ImageUser {
    private static final String NUMBER = "[0-9]{1,10}";
    private static final int LARGEST_LIST = 1 << 20;

    private final Store store;

    ImageUser(Store store) {
        this.store = store;
    }

    /** {@code uid:gid}; what the image says where it doesn't list a name, or where it says nothing. */
    String of(Image image) {
        String user = image.config().execution().user();
        if (user.isEmpty() || user.matches(NUMBER + ":" + NUMBER)) {
            return user;
        }
        StepKey key = StepKey.of("image-user", 1)
                .with("user", user)
                .withAll(
                        "layers",
                        image.layers().stream()
                                .map(layer -> layer.blob().digest())
                                .toList());
        return store.recall(key).orElseGet(() -> {
            String found = lookUp(image, user);
            store.remember(key, found);
            return found;
        });
    }

    private String lookUp(Image image, String user) {
        Tree tree = LayerFlattener.flatten(image.layers().stream()
                .map(layer -> TarLayer.read(store, layer.blob().digest()))
                .toList());
        String[] parts = user.split(":", 2);
        Optional<String[]> account = line(tree, "etc/passwd", parts[0], 4);
        Optional<String> uid = parts[0].matches(NUMBER) ? Optional.of(parts[0]) : account.map(fields -> fields[2]);
        String group = parts.length > 1 ? parts[1] : "";
        Optional<String> gid = group.isEmpty()
                ? Optional.of(account.map(fields -> fields[3]).orElse("0"))
                : group.matches(NUMBER)
                        ? Optional.of(group)
                        : line(tree, "etc/group", group, 3).map(fields -> fields[2]);
        return uid.isPresent() && gid.isPresent() ? uid.get() + ":" + gid.get() : user;
    }

    /** The fields of the first line for a name or number, if it has as many as it should, and numbers among them. */
    private static Optional<String[]> line(Tree tree, String path, String nameOrNumber, int fields) {
        return lines(tree, path).stream()
                .map(line -> line.split(":", -1))
                .filter(line -> line.length >= fields)
                .filter(line -> line[0].equals(nameOrNumber) || line[2].equals(nameOrNumber))
                .filter(line -> line[2].matches(NUMBER) && line[fields - 1].matches(NUMBER))
                .findFirst();
    }

    private static List<String> lines(Tree tree, String path) {
        Optional<Node> node = new TreeLinks(tree::get).resolve(path, true).flatMap(tree::get);
        if (node.orElse(null) instanceof Node.HardLink link) {
            node = tree.get(link.target());
        }
        if (!(node.orElse(null) instanceof Node.RegularFile file)) {
            return List.of();
        }
        try (InputStream in = file.content().open()) {
            return new String(in.readNBytes(LARGEST_LIST), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
