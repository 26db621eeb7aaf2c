package dev.osie.build.oci;

import static dev.osie.build.failure.BuildException.badInput;
import static dev.osie.build.failure.BuildException.unavailable;
import static dev.osie.build.failure.BuildException.verification;

import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The store as an image layout that other tools read (OCI image specification, "Image Layout"): {@code oci-layout}, {@code index.json}
 * and the blobs. Images are known by the annotation {@code org.opencontainers.image.ref.name}, the name that
 * {@code skopeo inspect oci:STORE:NAME} takes.
 */
public final class Layout {
    /** The annotation that names an image in an index. */
    public static final String REF_NAME = "org.opencontainers.image.ref.name";

    static final String ORIGINAL = "dev.osie.build.manifest";
    static final String IMPORTED = "dev.osie.build.imported";
    private static final long MOST_DOCUMENT_BYTES = 8 << 20;
    static final String ORIGIN = "dev.osie.build.origin";
    static final byte[] VERSION = "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8);
    private final Store store;
    private final NameIndex names;

    public Layout(Store store) {
        this.store = store;
        this.names = new NameIndex(store);
    }

    /**
     * Stores an image's configuration and manifest, and gives it a name; an earlier image of that name loses it.
     *
     * @param config whose {@code diffIds} are those of the layers
     * @param layers bottom first; their blobs must be in the store
     */
    public Image put(Reference name, ImageConfig config, List<Image.Layer> layers) {
        return put(name, config, config.toBytes(), layers);
    }

    /**
     * The same for an image that was made elsewhere, whose configuration is kept to the byte.
     *
     * @param document the configuration as its maker wrote it
     */
    public Image put(Reference name, byte[] document, List<Image.Layer> layers) {
        return put(name, ImageConfig.read(document), document, layers);
    }

    private Image put(Reference name, ImageConfig config, byte[] document, List<Image.Layer> layers) {
        Image image = keep(name, config, document, layers);
        names.add(descriptor(image).withAnnotation(REF_NAME, name.toString()));
        return image;
    }

    /**
     * Stores the configuration and manifest of an image that was made elsewhere, and gives it no name.
     *
     * @param name what to call it
     * @param document the configuration as its maker wrote it
     */
    public Image keep(Reference name, byte[] document, List<Image.Layer> layers) {
        return keep(name, ImageConfig.read(document), document, layers);
    }

    private Image keep(Reference name, ImageConfig config, byte[] document, List<Image.Layer> layers) {
        Blob configBlob = store.put(document);
        List<Descriptor> descriptors = layers.stream()
                .map(layer -> Descriptor.of(MediaType.LAYER, layer.blob()).withAnnotation(ORIGIN, layer.origin()))
                .toList();
        Manifest manifest =
                new Manifest(Descriptor.of(MediaType.CONFIG, configBlob), descriptors, Collections.emptySortedMap());
        return new Image(name, store.put(manifest.toBytes()).digest(), config, layers);
    }

    /**
     * Names an image of the store that somebody brought here, so that documents find it before a registry is asked. An earlier image of that
     * name and platform loses it.
     *
     * @param name in full
     * @param from the kind of place it came from, for people: {@code docker-archive}
     * @param original digest of the manifest that it had there
     */
    public void nameImport(Reference name, Image image, String from, Optional<Digest> original) {
        Descriptor named =
                descriptor(image).withAnnotation(REF_NAME, name.toString()).withAnnotation(IMPORTED, from);
        names.add(original.map(digest -> named.withAnnotation(ORIGINAL, digest.toString()))
                .orElse(named));
    }

    private Descriptor descriptor(Image image) {
        long size = store.readAllBytes(image.manifest()).length;
        return Descriptor.of(MediaType.MANIFEST, new Blob(image.manifest(), size))
                .withPlatform(image.config().platform());
    }

    /**
     * An image that has a name.
     *
     * @param name as the index has it, which other programs may have written
     * @param manifest the image's
     */
    public record Entry(String name, Descriptor manifest) {
        /** The kind of place it was imported from; empty for images that this program made or pulled. */
        public Optional<String> imported() {
            return Optional.ofNullable(manifest.annotations().get(IMPORTED));
        }
    }

    /** What others know the image by, if it has a manifest elsewhere, else the manifest's digest here. */
    public Digest digest(Entry entry) {
        return Optional.ofNullable(entry.manifest().annotations().get(ORIGINAL))
                .map(Digest::parse)
                .filter(original -> recall(original).isPresent())
                .orElse(entry.manifest().digest());
    }

    /** All names, sorted; a name has an entry for each platform. */
    public List<Entry> entries() {
        return entries(names.read());
    }

    private static List<Entry> entries(List<Descriptor> manifests) {
        return manifests.stream()
                .filter(descriptor -> descriptor.annotations().containsKey(REF_NAME))
                .map(descriptor -> new Entry(descriptor.annotations().get(REF_NAME), descriptor))
                .toList();
    }

    /** Takes names away; the images stay until nothing needs their blobs. */
    public void remove(Collection<Entry> entries) {
        List<Descriptor> gone = entries.stream().map(Entry::manifest).toList();
        names.remove(gone);
    }

    /** Remembers that an image of elsewhere, known by the digest of its manifest there, is in the store as another. */
    public void remember(Digest elsewhere, Image image) {
        store.remember(key(elsewhere), image.manifest().toString());
    }

    /** The manifest in the store of an image of elsewhere, if all of it is there. */
    public Optional<Digest> recall(Digest elsewhere) {
        return store.recall(key(elsewhere)).map(Digest::parse).filter(this::holds);
    }

    /** An image, which may be known by its manifest elsewhere, by the one that it has in the store. */
    public Image stored(Image image) {
        return recall(image.manifest()).map(own -> read(image.name(), own)).orElse(image);
    }

    private static StepKey key(Digest elsewhere) {
        return StepKey.of("pulled-image", 1).with("manifest", elsewhere);
    }

    /** The entry of that name for a platform. */
    public Optional<Entry> entry(Reference name, Platform platform) {
        return entries().stream()
                .filter(entry -> entry.name().equals(name.toString()))
                .filter(entry -> entry.manifest()
                        .platform()
                        .map(own -> own.suits(platform))
                        .orElse(true))
                .findFirst();
    }

    /** The image of that name, if there is one and all of it is there. */
    public Optional<Image> find(Reference name) {
        return names.read().stream()
                .filter(descriptor ->
                        name.toString().equals(descriptor.annotations().get(REF_NAME)))
                .findFirst()
                .map(descriptor -> read(name, descriptor.digest()));
    }

    /**
     * Reads an image by the digest of its manifest. Manifest and configuration are compared with their digests; layers are looked for, and
     * compared when {@link Store#read} reads them.
     *
     * @param name what to call it
     */
    public Image read(Reference name, Digest manifestDigest) {
        Manifest manifest = Manifest.read(document(manifestDigest));
        ImageConfig config = ImageConfig.read(document(manifest.config().digest()));
        List<Image.Layer> layers = new ArrayList<>();
        for (Descriptor layer : manifest.layers()) {
            layers.add(layer(name, layer));
        }
        if (!config.diffIds()
                .equals(layers.stream().map(layer -> layer.blob().digest()).toList())) {
            throw verification("The manifest " + manifestDigest + " of " + name
                    + " does not name the layers that its configuration "
                    + manifest.config().digest() + " names");
        }
        return new Image(name, manifestDigest, config, layers);
    }

    private byte[] document(Digest digest) {
        long size = store.find(digest).map(Blob::size).orElse(0L);
        if (size > MOST_DOCUMENT_BYTES) {
            throw badInput("The manifest or configuration " + digest + " has " + size + " bytes, which none has");
        }
        return store.readAllBytes(digest);
    }

    private Image.Layer layer(Reference name, Descriptor layer) {
        if (!layer.mediaType().equals(MediaType.LAYER)) {
            throw badInput("The layer " + layer.digest() + " of " + name + " has the media type '" + layer.mediaType()
                    + "'; the store keeps layers as " + MediaType.LAYER);
        }
        if (!store.contains(layer.blob())) {
            throw unavailable("The store does not hold the layer " + layer.digest() + " of " + name + " with its "
                    + layer.size() + " bytes");
        }
        return new Image.Layer(layer.blob(), layer.annotations().getOrDefault(ORIGIN, ""));
    }

    /** What an image consists of. */
    public ImageOutline outline(Digest manifestDigest) {
        byte[] manifest = store.readAllBytes(manifestDigest);
        return ImageOutline.of(
                manifestDigest,
                manifest,
                store.readAllBytes(Manifest.read(manifest).config().digest()));
    }

    /** Bytes of all layers of an image; empty when a part of it isn't there. */
    public OptionalLong size(Digest manifestDigest) {
        return holds(manifestDigest)
                ? OptionalLong.of(Manifest.read(store.readAllBytes(manifestDigest)).layers().stream()
                        .mapToLong(Descriptor::size)
                        .sum())
                : OptionalLong.empty();
    }

    /** Whether a layout of ours has written the manifest, and not a registry. */
    public static boolean isOwn(Manifest manifest) {
        return !manifest.layers().isEmpty()
                && manifest.layers().stream()
                        .allMatch(layer -> layer.annotations().containsKey(ORIGIN));
    }

    /** Whether an image with this manifest is wholly in the store. */
    public boolean holds(Digest manifestDigest) {
        if (!store.contains(manifestDigest)) {
            return false;
        }
        byte[] document = document(manifestDigest);
        if (Index.read(document).isPresent()) {
            return false;
        }
        Manifest manifest = Manifest.read(document);
        return store.contains(manifest.config().blob())
                && manifest.layers().stream().map(Descriptor::blob).allMatch(store::contains);
    }

    /** The file {@code index.json} of a layout that has just these names. */
    public static byte[] index(Collection<Entry> names) {
        return NameIndex.toBytes(names.stream().map(Entry::manifest).toList());
    }

    /** The names in the file {@code index.json} of another layout. */
    public static List<Entry> entries(byte[] index) {
        return entries(NameIndex.parse(index));
    }

    /** The file {@code oci-layout}. */
    public static byte[] marker() {
        return VERSION.clone();
    }

    /** Takes the names from all manifests, also when they cannot be read any more. */
    public void removeAll() {
        names.clear();
    }

    /** Takes a name from another layout, with all that stands beside it there; an earlier image of that name and platform loses it. */
    public void take(Entry entry) {
        names.add(entry.manifest());
    }
}
