package dev.osie.build.oci;

import static dev.osie.build.failure.BuildException.badInput;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Content;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Images of the store as the files that other tools read. Equal images give equal files: nothing in them tells when or where they were
 * written.
 */
public final class ImageExport {
    private final Store store;
    private final CompressedLayers layers;

    public ImageExport(Store store, LayerCompression compression, Progress progress) {
        this.store = store;
        this.layers = new CompressedLayers(store, compression, progress);
    }

    /**
     * An image layout (OCI image specification, "Image Layout"). A name with several images is an index with one for each platform.
     *
     * @param images by their names in full
     */
    public SortedMap<String, Content> layout(SortedMap<String, List<Image>> images) {
        prepare(images);
        SortedMap<String, Content> files = new TreeMap<>();
        List<Descriptor> named = new ArrayList<>();
        images.forEach((name, platforms) -> {
            List<Descriptor> manifests = platforms.stream()
                    .sorted(Comparator.comparing(
                            image -> image.config().platform().describe()))
                    .map(image -> Descriptor.of(MediaType.MANIFEST, add(files, manifest(files, image)))
                            .withPlatform(image.config().platform()))
                    .toList();
            Descriptor root = manifests.size() == 1
                    ? manifests.get(0)
                    : Descriptor.of(MediaType.INDEX, add(files, NameIndex.toBytes(manifests)));
            named.add(root.withAnnotation(ImageArchive.CONTAINERD_NAME, name).withAnnotation(Layout.REF_NAME, name));
        });
        files.put("index.json", Content.of(NameIndex.toBytes(named)));
        files.put("oci-layout", Content.of(Layout.VERSION));
        return files;
    }

    /**
     * What {@code docker load} reads (Docker image specification 1.2).
     *
     * @param images by their names in full
     * @throws dev.osie.build.failure.BuildException {@code BAD_INPUT} when a name has images for several platforms
     */
    public SortedMap<String, Content> dockerArchive(SortedMap<String, List<Image>> images) {
        Map<Digest, List<String>> names = new LinkedHashMap<>();
        images.forEach((name, platforms) -> {
            if (platforms.size() > 1) {
                throw badInput("The archive of docker save holds an image for one architecture, and the store has "
                                + name + " for " + platforms.size() + ".")
                        .hint("Perhaps name one of them with --arch, or take --format oci-archive.");
            }
            names.computeIfAbsent(platforms.get(0).manifest(), any -> new ArrayList<>())
                    .add(name);
        });
        prepare(images);
        SortedMap<String, Content> files = new TreeMap<>();
        ArrayNode entries = JsonNodeFactory.instance.arrayNode();
        names.forEach((digest, tags) -> {
            Manifest manifest = Manifest.read(store.readAllBytes(digest));
            String config = add(files, manifest.config().blob());
            List<String> paths = manifest.layers().stream()
                    .map(layer -> add(files, layers.descriptor(layer.blob()).blob()))
                    .toList();
            entries.add(new DockerManifest(config, tags, paths).toJson());
        });
        files.put("manifest.json", Content.of(Json.canonical(entries)));
        return files;
    }

    /** Files as one tar archive. */
    public static Content tar(SortedMap<String, Content> files) {
        return new TarContent(files);
    }

    private void prepare(SortedMap<String, List<Image>> images) {
        layers.make(images.values().stream()
                .flatMap(List::stream)
                .flatMap(image -> image.layers().stream())
                .map(Image.Layer::blob)
                .toList());
    }

    /** The manifest of the image as it is handed on, whose blobs are added; with uncompressed layers it is the store's own. */
    private byte[] manifest(SortedMap<String, Content> files, Image image) {
        Manifest stored = Manifest.read(store.readAllBytes(image.manifest()));
        add(files, stored.config().blob());
        List<Descriptor> descriptors = new ArrayList<>();
        for (Descriptor layer : stored.layers()) {
            Descriptor packed = layers.descriptor(layer.blob());
            add(files, packed.blob());
            descriptors.add(new Descriptor(
                    packed.mediaType(), packed.digest(), packed.size(), layer.platform(), layer.annotations()));
        }
        return new Manifest(stored.config(), descriptors, Collections.emptySortedMap()).toBytes();
    }

    private static Blob add(SortedMap<String, Content> files, byte[] document) {
        Blob blob = new Blob(Digest.of(document), document.length);
        files.put(path(blob), Content.of(document));
        return blob;
    }

    private String add(SortedMap<String, Content> files, Blob blob) {
        files.put(path(blob), Content.of(store, blob));
        return path(blob);
    }

    private static String path(Blob blob) {
        return "blobs/sha256/" + blob.digest().hex();
    }
}
