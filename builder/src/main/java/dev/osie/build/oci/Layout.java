package dev.osie.build.oci;

import static dev.osie.build.failure.BuildException.badInput;
import static dev.osie.build.failure.BuildException.unavailable;
import static dev.osie.build.failure.BuildException.verification;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.osie.build.failure.BuildException;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The store as an image layout that other tools read (OCI image specification, "Image Layout"): {@code oci-layout}, {@code index.json}
 * and the blobs. Images are known by the annotation {@code org.opencontainers.image.ref.name}, the name that
 * {@code skopeo inspect oci:STORE:NAME} takes.
 */
public final class Layout {
    static final String REF_NAME = "org.opencontainers.image.ref.name";
    private static final String ORIGIN = "dev.osie.build.origin";
    private static final long MOST_DOCUMENT_BYTES = 8 << 20;
    private static final String SUM = "dev.osie.build.sum";
    static final byte[] VERSION = "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8);
    private static final Comparator<Descriptor> BY_NAME = Comparator.comparing(
                    (Descriptor descriptor) -> descriptor.annotations().getOrDefault(REF_NAME, ""))
            .thenComparing(Descriptor::digest);
    /** A file lock holds between processes; between the threads of this one there is this. */
    private static final Object INDEX_LOCK = new Object();

    private final Store store;
    private final Path marker;
    private final Path index;
    private final Path lock;

    public Layout(Store store) {
        this.store = store;
        this.marker = store.root().resolve("oci-layout");
        this.index = store.root().resolve("index.json");
        this.lock = store.root().resolve("index.lock");
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
        Blob configBlob = store.put(document);
        List<Descriptor> descriptors = layers.stream()
                .map(layer -> Descriptor.of(MediaType.LAYER, layer.blob()).withAnnotation(ORIGIN, layer.origin()))
                .toList();
        Manifest manifest =
                new Manifest(Descriptor.of(MediaType.CONFIG, configBlob), descriptors, Collections.emptySortedMap());
        Blob manifestBlob = store.put(manifest.toBytes());
        name(name, Descriptor.of(MediaType.MANIFEST, manifestBlob).withPlatform(config.platform()));
        return new Image(name, manifestBlob.digest(), config, layers);
    }

    /** The image of that name, if there is one and all of it is there. */
    public Optional<Image> find(Reference name) {
        return readIndex().stream()
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

    /** The manifests that have names, by those. */
    public List<Named> named() {
        return named(readIndex());
    }

    private static List<Named> named(List<Descriptor> manifests) {
        return manifests.stream()
                .filter(manifest -> manifest.annotations().containsKey(REF_NAME))
                .map(manifest -> new Named(manifest.annotations().get(REF_NAME), manifest))
                .toList();
    }

    /** The file {@code index.json} of a layout that has just these names. */
    public static byte[] index(Collection<Named> names) {
        return toBytes(names.stream().map(Named::manifest).sorted(BY_NAME).toList());
    }

    /** The names in the file {@code index.json} of another layout. */
    public static List<Named> names(byte[] index) {
        return named(manifests(index));
    }

    /** The file {@code oci-layout}. */
    public static byte[] marker() {
        return VERSION.clone();
    }

    /**
     * A name of the layout.
     *
     * @param manifest what it means
     */
    public record Named(String name, Descriptor manifest) {}

    /** Takes their names from manifests; what they name stays. */
    public void forget(Collection<Named> names) {
        change(
                "take names from images in " + index,
                manifests -> manifests.removeIf(manifest ->
                        names.contains(new Named(manifest.annotations().getOrDefault(REF_NAME, ""), manifest))));
    }

    /** Takes the names from all manifests, also when they cannot be read any more. */
    public void forgetAll() {
        try {
            Files.deleteIfExists(index);
        } catch (IOException e) {
            throw unavailable("Tried to remove " + index + ", but " + e.getMessage())
                    .because(e);
        }
    }

    /** Gives a manifest in the store a name; an earlier manifest of that name loses it. Nothing is written when it has it already. */
    public void name(Reference name, Descriptor manifest) {
        Descriptor named = manifest.withAnnotation(REF_NAME, name.toString());
        change("name the image " + name + " in " + index, manifests -> {
            manifests.removeIf(
                    other -> name.toString().equals(other.annotations().get(REF_NAME)));
            manifests.add(named.withAnnotation(SUM, sum(named)));
        });
    }

    private void change(String what, Consumer<List<Descriptor>> change) {
        synchronized (INDEX_LOCK) {
            try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                channel.lock(); // released with the channel
                replaceIfDifferent(marker, VERSION);
                List<Descriptor> manifests = new ArrayList<>(readIndex());
                change.accept(manifests);
                manifests.sort(BY_NAME);
                replaceIfDifferent(index, toBytes(manifests));
            } catch (IOException e) {
                throw unavailable("Tried to " + what + ", but " + e.getMessage())
                        .because(e);
            }
        }
    }

    private void replaceIfDifferent(Path file, byte[] content) throws IOException {
        if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), content)) {
            store.replace(file, content);
        }
    }

    private List<Descriptor> readIndex() {
        try {
            return manifests(Files.readAllBytes(index));
        } catch (BuildException e) {
            throw verification(index + ", which names the images of the store, was altered: " + e.getMessage())
                    .hint(
                            "osie-build cache verify removes the names. A build names its images anew; others have to be imported again.")
                    .because(e);
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw unavailable("Tried to read " + index + ", but " + e.getMessage())
                    .because(e);
        }
    }

    private static List<Descriptor> manifests(byte[] index) {
        List<Descriptor> manifests =
                Index.read(index).map(Index::manifests).orElseThrow(() -> badInput("it is no index"));
        manifests.forEach(Layout::requireOwnSum);
        return manifests;
    }

    /** Names are believed without a digest that leads to them, so each has one of its own. Other tools, which may write here too, give none. */
    private static void requireOwnSum(Descriptor manifest) {
        String found = manifest.annotations().get(SUM);
        if (found != null && !found.equals(sum(manifest))) {
            throw badInput(
                    "the name '" + manifest.annotations().get(REF_NAME) + "' is not that of " + manifest.digest());
        }
    }

    private static String sum(Descriptor manifest) {
        return Digest.ofText(manifest.annotations().get(REF_NAME) + "\n" + manifest.digest())
                .hex();
    }

    static byte[] toBytes(List<Descriptor> manifests) {
        ObjectNode json = Json.object();
        json.put("schemaVersion", 2);
        json.put("mediaType", MediaType.INDEX);
        ArrayNode array = json.putArray("manifests");
        manifests.forEach(manifest -> array.add(manifest.toJson()));
        return Json.canonical(json);
    }
}
