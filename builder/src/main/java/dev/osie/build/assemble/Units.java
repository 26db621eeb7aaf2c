package dev.osie.build.assemble;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.initramfs.Unit;
import dev.osie.build.oci.Image;
import dev.osie.build.runtime.Bundle;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Layer;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Cuts an OSIE's file tree into units, lowest first, and remembers where each comes from. */
final class Units {
    private static final String LAYERS = "containers/layers/";

    private final Store store;
    private final List<Unit> stored = new ArrayList<>();
    private final Map<Blob, Placement> layers = new LinkedHashMap<>();
    private final List<Unit> upper = new ArrayList<>();
    private final SortedMap<String, String> origins = new TreeMap<>();

    /** Where a layer goes. An image's layer lies at the root, below {@code containers/layers}, or both. */
    private record Placement(String origin, Set<String> prefixes) {}

    Units(Store store) {
        this.store = store;
    }

    /** Modules are compressed one by one, so they stay as they are, at the front. */
    void addModules(Blob modules, String origin) {
        origins.put("modules", origin);
        stored.add(Unit.of("modules", modules.digest(), () -> tree(modules)).uncompressed());
    }

    void addInit(Image image) {
        image.layers().forEach(layer -> place(layer, ""));
    }

    void addContainerLayers(Image image) {
        image.layers().forEach(layer -> place(layer, LAYERS + DocumentImages.layerId(layer)));
    }

    private void place(Image.Layer layer, String prefix) {
        layers.computeIfAbsent(layer.blob(), any -> new Placement(layer.origin(), new LinkedHashSet<>()))
                .prefixes()
                .add(prefix);
    }

    void addBundle(Bundle bundle, String origin) {
        add(bundle.directory(), bundle.tree(), origin);
    }

    void addFiles(Tree files) {
        if (!files.nodes().isEmpty()) {
            add("files", files, "files");
        }
    }

    void addEmbedded(EmbeddedImages images) {
        Unit unit = images.unit();
        origins.put(unit.name(), images.origin());
        upper.add(unit);
    }

    private void add(String name, Tree tree, String origin) {
        origins.put(name, origin);
        upper.add(Unit.of(name, digest(tree), () -> tree));
    }

    List<Unit> all() {
        List<Unit> all = new ArrayList<>(stored);
        layers.forEach((blob, placement) -> {
            String name = "layer " + blob.digest().hex();
            origins.put(name, placement.origin());
            all.add(new Unit(name, blob.digest(), List.copyOf(placement.prefixes()), false, () -> tree(blob)));
        });
        all.addAll(upper);
        return all;
    }

    SortedMap<String, String> origins() {
        return origins;
    }

    private Tree tree(Blob blob) {
        Layer layer = TarLayer.read(store, blob.digest());
        if (!layer.isPlain()) {
            throw badInput("The layer " + blob.digest()
                    + " removes files of the layers below it, which an initramfs cannot say.");
        }
        return layer.tree();
    }

    /** The digest of all that a tree is. Its files are small, or the user's own, which may have changed since the last build. */
    private static Digest digest(Tree tree) {
        MessageDigest sha256 = Digest.newSha256();
        TarLayer.write(tree, new DigestOutputStream(OutputStream.nullOutputStream(), sha256));
        return Digest.finish(sha256);
    }
}
