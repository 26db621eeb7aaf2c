package dev.osie.build.oci;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Content;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Images as one uncompressed tar archive, in two forms over the same blobs: {@code manifest.json}, which {@code docker load} reads, and an
 * image layout (OCI image specification, "Image Layout"), which containerd and other tools read. A blob that several images have is there
 * once.
 *
 * <p>Equal images give equal bytes: entries are sorted by path, belong to root, have mode 0644 and date from 1970. Nothing is copied: the
 * archive exists while it is read, from the store, where every blob is compared with its digest on the way.
 */
public final class ImageArchive implements Content {
    /** Rises whenever the same images would be written to other bytes. */
    private static final int FORMAT = 1;

    /** The annotation by which containerd and Docker name an image in an index: in full. */
    public static final String CONTAINERD_NAME = "io.containerd.image.name";

    private final Store store;
    private final SortedMap<String, Content> files = new TreeMap<>();
    private final Digest identity;
    private final Content tar;

    /**
     * An archive.
     *
     * @param named images by their names in full, such as {@code docker.io/library/alpine:3.20}; an image can have several
     */
    public ImageArchive(Store store, SortedMap<String, Image> named) {
        this.store = store;
        Layout layout = new Layout(store);
        SortedMap<String, Image> images = new TreeMap<>();
        named.forEach((name, image) -> images.put(name, layout.stored(image)));
        byte[] docker = dockerManifest(images);
        byte[] index = index(images);
        files.put("manifest.json", Content.of(docker));
        files.put("index.json", Content.of(index));
        files.put("oci-layout", Content.of(Layout.VERSION));
        this.identity = Digest.ofText("image archive " + FORMAT + "\n" + Digest.of(docker) + "\n" + Digest.of(index));
        this.tar = new TarContent(files);
    }

    /** The digest of all that decides the bytes; no layer is read for it. */
    public Digest identity() {
        return identity;
    }

    /** What Docker reads (Docker image specification 1.2, "Combined Image JSON + Filesystem Changeset Format"): an entry an image. */
    private byte[] dockerManifest(SortedMap<String, Image> images) {
        Map<Digest, List<String>> names = new LinkedHashMap<>();
        images.forEach((name, image) -> names.computeIfAbsent(image.manifest(), any -> new ArrayList<>())
                .add(name));
        ArrayNode entries = JsonNodeFactory.instance.arrayNode();
        names.forEach((digest, tags) -> {
            Manifest manifest = Manifest.read(store.readAllBytes(digest));
            String config = addBlob(manifest.config().blob());
            List<String> layers = manifest.layers().stream()
                    .map(layer -> addBlob(layer.blob()))
                    .toList();
            entries.add(new DockerManifest(config, tags, layers).toJson());
        });
        return Json.canonical(entries);
    }

    private byte[] index(SortedMap<String, Image> images) {
        List<Descriptor> manifests = new ArrayList<>();
        images.forEach((name, image) -> {
            Blob manifest = new Blob(image.manifest(), store.readAllBytes(image.manifest()).length);
            addBlob(manifest);
            manifests.add(Descriptor.of(MediaType.MANIFEST, manifest)
                    .withPlatform(image.config().platform())
                    .withAnnotation(CONTAINERD_NAME, name)
                    .withAnnotation(Layout.REF_NAME, name));
        });
        return NameIndex.toBytes(manifests);
    }

    private String addBlob(Blob blob) {
        String path = "blobs/sha256/" + blob.digest().hex();
        files.put(path, Content.of(store, blob));
        return path;
    }

    @Override
    public long size() {
        return tar.size();
    }

    @Override
    public InputStream open() throws IOException {
        return tar.open();
    }
}
