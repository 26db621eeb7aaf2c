package dev.osie.build.oci;

import static dev.osie.build.failure.BuildException.badInput;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import java.util.List;

/**
 * An image as the tree of an image layout (OCI image specification, "Image Layout"): {@code index.json} names one index, under the
 * image's name, and that the manifests. All that they name is there. Everything is of 1970, as in LinuxKit.
 */
public final class LayoutTree {
    private static final long MTIME = 0;
    private static final String BLOBS = "blobs/sha256/";

    private final Store store;
    private final Tree.Builder tree = new Tree.Builder();

    private LayoutTree(Store store) {
        this.store = store;
    }

    /**
     * The layout of an image.
     *
     * @param platforms to be in it, {@code os/architecture[/variant]}; empty for what the store has
     * @throws dev.osie.build.failure.BuildException when the store has none of the platforms
     */
    public static Tree of(Store store, Image image, List<String> platforms) {
        LayoutTree layout = new LayoutTree(store);
        layout.add(image, platforms);
        return layout.tree.build(MTIME);
    }

    /** Whether a platform is one of those asked for; without a variant, it stands for every variant. */
    static boolean isWanted(Platform platform, List<String> platforms) {
        String plain = platform.os() + "/" + platform.architecture();
        String full = plain + platform.variant().map(variant -> "/" + variant).orElse("");
        return platforms.isEmpty() || platforms.contains(plain) || platforms.contains(full);
    }

    private void add(Image image, List<String> platforms) {
        Platform platform = image.config().platform();
        if (!isWanted(platform, platforms)) {
            throw badInput("The image " + image.name() + " is in the store for " + platform.os() + "/"
                    + platform.architecture() + ", and for none of the platforms " + String.join(", ", platforms));
        }
        Digest stored = new Layout(store).stored(image).manifest();
        byte[] manifestBytes = store.readAllBytes(stored);
        Manifest manifest = Manifest.read(manifestBytes);
        addBlob(manifest.config().blob());
        manifest.layers().forEach(layer -> addBlob(layer.blob()));
        Blob manifestBlob = new Blob(stored, manifestBytes.length);
        addBlob(manifestBlob);
        byte[] index = index(Descriptor.of(MediaType.MANIFEST, manifestBlob).withPlatform(platform));
        Blob indexBlob = new Blob(Digest.of(index), index.length);
        put(BLOBS + indexBlob.digest().hex(), Content.of(index));
        Descriptor named = Descriptor.of(MediaType.INDEX, indexBlob)
                .withAnnotation(Layout.REF_NAME, image.pinned().expanded());
        put("index.json", Content.of(index(named)));
        put("oci-layout", Content.of(Layout.VERSION));
    }

    private void addBlob(Blob blob) {
        put(BLOBS + blob.digest().hex(), Content.of(store, blob));
    }

    private void put(String path, Content content) {
        tree.put(path, new Node.RegularFile(Attributes.root(0644, MTIME), content));
    }

    private static byte[] index(Descriptor manifest) {
        ObjectNode json = Json.object();
        json.put("schemaVersion", 2);
        json.put("mediaType", MediaType.INDEX);
        ArrayNode manifests = json.putArray("manifests");
        manifests.add(manifest.toJson());
        return Json.canonical(json);
    }
}
