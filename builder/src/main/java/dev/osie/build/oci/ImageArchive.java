package dev.osie.build.oci;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Content;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;

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

    private static final String CONTAINERD_NAME = "io.containerd.image.name";
    private static final int BLOCK = TarConstants.DEFAULT_RCDSIZE;

    private final Store store;
    private final SortedMap<String, Content> files = new TreeMap<>();
    private final Digest identity;
    private final List<Content> parts = new ArrayList<>();

    /**
     * An archive.
     *
     * @param images by their names in full, such as {@code docker.io/library/alpine:3.20}; an image can have several
     */
    public ImageArchive(Store store, SortedMap<String, Image> images) {
        this.store = store;
        byte[] docker = dockerManifest(images);
        byte[] index = index(images);
        files.put("manifest.json", Content.of(docker));
        files.put("index.json", Content.of(index));
        files.put("oci-layout", Content.of(Layout.VERSION));
        this.identity = Digest.ofText("image archive " + FORMAT + "\n" + Digest.of(docker) + "\n" + Digest.of(index));
        files.forEach((path, file) -> {
            parts.add(Content.of(header(path, file.size())));
            parts.add(file);
            parts.add(zeros((int) (-file.size() & (BLOCK - 1))));
        });
        parts.add(zeros(2 * BLOCK));
    }

    /** The digest of all that decides the bytes; no layer is read for it. */
    public Digest identity() {
        return identity;
    }

    /** What Docker reads (Docker image specification 1.2, "Combined Image JSON + Filesystem Changeset Format"): an entry an image. */
    private byte[] dockerManifest(SortedMap<String, Image> images) {
        Map<Digest, List<String>> names = new LinkedHashMap<>();
        images.forEach((name, image) ->
                names.computeIfAbsent(image.kept(), any -> new ArrayList<>()).add(name));
        ArrayNode entries = JsonNodeFactory.instance.arrayNode();
        names.forEach((digest, tags) -> {
            Manifest manifest = Manifest.read(store.readAllBytes(digest));
            ObjectNode entry = Json.object();
            entry.put("Config", addBlob(manifest.config().blob()));
            Json.put(entry, "RepoTags", tags);
            ArrayNode layers = entry.putArray("Layers");
            manifest.layers().forEach(layer -> layers.add(addBlob(layer.blob())));
            entries.add(entry);
        });
        return Json.canonical(entries);
    }

    private byte[] index(SortedMap<String, Image> images) {
        List<Descriptor> manifests = new ArrayList<>();
        images.forEach((name, image) -> {
            Blob manifest = new Blob(image.kept(), store.readAllBytes(image.kept()).length);
            addBlob(manifest);
            manifests.add(Descriptor.of(MediaType.MANIFEST, manifest)
                    .withPlatform(image.config().platform())
                    .withAnnotation(CONTAINERD_NAME, name)
                    .withAnnotation(Layout.REF_NAME, name));
        });
        return Layout.toBytes(manifests);
    }

    private String addBlob(Blob blob) {
        String path = "blobs/sha256/" + blob.digest().hex();
        files.put(path, Content.of(store, blob));
        return path;
    }

    private static byte[] header(String path, long size) {
        TarArchiveEntry entry = new TarArchiveEntry(path);
        entry.setSize(size);
        entry.setMode(0644);
        entry.setIds(0, 0);
        entry.setNames("", "");
        entry.setModTime(0);
        byte[] header = new byte[BLOCK];
        entry.writeEntryHeader(header);
        return header;
    }

    private static Content zeros(int count) {
        return Content.of(new byte[count]);
    }

    @Override
    public long size() {
        return parts.stream().mapToLong(Content::size).sum();
    }

    @Override
    public InputStream open() {
        Iterator<Content> rest = parts.iterator();
        return new SequenceInputStream(new Enumeration<>() {
            @Override
            public boolean hasMoreElements() {
                return rest.hasNext();
            }

            @Override
            public InputStream nextElement() {
                try {
                    return rest.next().open();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
    }
}
