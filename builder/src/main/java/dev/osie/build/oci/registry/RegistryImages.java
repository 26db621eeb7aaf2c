package dev.osie.build.oci.registry;

import static dev.osie.build.failure.BuildException.unavailable;
import static dev.osie.build.failure.BuildException.verification;

import dev.osie.build.failure.BuildException;
import dev.osie.build.http.Answer;
import dev.osie.build.http.Retries;
import dev.osie.build.http.Transport;
import dev.osie.build.oci.Descriptor;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.ImageConfig;
import dev.osie.build.oci.ImageOutline;
import dev.osie.build.oci.ImageSource;
import dev.osie.build.oci.Index;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Manifest;
import dev.osie.build.oci.MediaType;
import dev.osie.build.oci.Platform;
import dev.osie.build.oci.Reference;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Images from registries. What a tag means is asked once, when a lock is made; from then on images are known by the digest of their manifest.
 * A pulled image lies in the store with uncompressed layers, so its manifest there is another than the registry's; the registry's is what
 * names it everywhere else.
 */
public final class RegistryImages {
    private static final Set<String> INDEXES = Set.of(MediaType.INDEX, MediaType.DOCKER_INDEX);
    private static final int MOST_NESTING = 3;
    private static final int MOST_MANIFEST_BYTES = 4 << 20;
    private static final Duration MANIFEST_LIMIT = Duration.ofSeconds(60);
    private static final String HINT =
            "Perhaps check the network and the proxy, or name a mirror with --registry-mirror.";

    private final Store store;
    private final Layout layout;
    private final Servers servers;
    private final Retries retries;
    private final Progress progress;

    RegistryImages(
            Store store,
            RegistrySettings settings,
            Supplier<Transport> transport,
            Retries retries,
            Login.Finder logins,
            Progress progress) {
        this.store = store;
        this.layout = new Layout(store);
        this.servers = new Servers(settings, transport, logins);
        this.retries = retries;
        this.progress = progress;
    }

    /** Images from registries, with the logins of Docker's and Podman's configurations, and proxies and certificates from the environment. */
    public static RegistryImages create(
            Store store, RegistrySettings settings, Map<String, String> environment, Progress progress) {
        return new RegistryImages(
                store,
                settings,
                () -> Transport.create(environment),
                Retries.usual(),
                new LoginFiles(environment),
                progress);
    }

    /** Images that were brought into the store earlier; what isn't there is {@code UNAVAILABLE}. */
    public static RegistryImages offline(Store store, RegistrySettings settings, Progress progress) {
        return new RegistryImages(
                store,
                settings,
                () -> {
                    throw unavailable("No registry is asked, as this is done offline.");
                },
                Retries.usual(),
                new LoginFiles(Map.of()),
                progress);
    }

    /**
     * Asks which image a name means today.
     *
     * @return the digest of the image's manifest
     * @throws BuildException {@code UNAVAILABLE} when there is no such image, or none for the architecture
     */
    public Digest resolve(Reference reference, Architecture architecture) {
        RemoteName name = RemoteName.of(reference);
        return resolve(name, manifest(name, name.version()), architecture, 0);
    }

    /** An index can name indexes; nobody needs more of that than a little. */
    private Digest resolve(RemoteName name, ManifestDocument document, Architecture architecture, int depth) {
        Descriptor chosen = choose(name, document, architecture);
        if (!INDEXES.contains(chosen.mediaType()) || document.index().isEmpty()) {
            return chosen.digest();
        }
        if (depth == MOST_NESTING) {
            throw unavailable("The index of " + name + " names indexes that name indexes, more than " + MOST_NESTING
                    + " times: whoever made it made a mistake.");
        }
        return resolve(name, manifest(name, chosen.digest().toString()), architecture, depth + 1);
    }

    /**
     * Asks what a name means today, for every architecture.
     *
     * @throws BuildException {@code UNAVAILABLE} when there is no such image
     */
    public Located locate(Reference reference) {
        RemoteName name = RemoteName.of(reference);
        ManifestDocument document = manifest(name, name.version());
        SortedMap<Architecture, Digest> manifests = new TreeMap<>();
        if (document.index().isPresent()) {
            Index index = document.index().get();
            for (Architecture architecture : Architecture.values()) {
                if (index.find(Platform.linux(architecture)).isPresent()) {
                    manifests.put(architecture, resolve(name, document, architecture, 0));
                }
            }
            return new Located(Optional.of(document.digest()), manifests, index.platforms());
        }
        Platform platform = ImageConfig.read(config(name, document.bytes())).platform();
        for (Architecture architecture : Architecture.values()) {
            if (platform.suits(Platform.linux(architecture))) {
                manifests.put(architecture, document.digest());
            }
        }
        return new Located(Optional.empty(), manifests, platform.describe());
    }

    /**
     * The image for an architecture, if it was pulled before and all of it is still there.
     *
     * @param digest of the manifest, or of an index
     */
    public Optional<Image> find(Reference name, Digest digest, Architecture architecture) {
        KeptDocuments documents = new KeptDocuments(store, architecture);
        Digest manifest = store.recall(indexKey(digest, architecture))
                .map(Digest::parse)
                .or(() -> documents.ofIndex(digest))
                .orElse(digest);
        store.contains(digest); // both are of use, and stay
        store.contains(manifest);
        return layout.recall(manifest)
                .or(() -> documents.image(manifest).map(kept -> keep(name, manifest, kept.config(), kept.layers())))
                .map(local -> named(name, manifest, layout.read(name, local)));
    }

    /** Gives the image of a registry's manifest one of ours, which depends on nothing else, such as the name it was asked for by. */
    private Digest keep(Reference reference, Digest manifest, byte[] config, List<Blob> blobs) {
        List<Image.Layer> layers = blobs.stream()
                .map(blob -> new Image.Layer(blob, "manifest:" + manifest))
                .toList();
        RemoteName name = RemoteName.of(reference);
        Reference kept =
                new Reference(name.registry() + "/" + name.repository(), Optional.of(manifest.hex()), Optional.empty());
        Image own = layout.put(kept, config, layers);
        layout.remember(manifest, own);
        return own.manifest();
    }

    /**
     * Brings an image into the store, unless it is there.
     *
     * @param digest of the manifest, or of an index that has the architecture
     * @throws BuildException {@code UNAVAILABLE} when the registry doesn't have it, {@code VERIFICATION} when what it sends is something
     *     else
     */
    public Image pull(Reference name, Digest digest, Architecture architecture) {
        return find(name, digest, architecture).orElseGet(() -> fetch(name, digest, architecture));
    }

    /** One image, as a source among others. */
    public ImageSource source(Reference reference) {
        return new RegistrySource(this, reference);
    }

    /** Brings what a name means today into the store. */
    Image fetch(Reference reference, Architecture architecture) {
        return layout.stored(pull(reference, resolve(reference, architecture), architecture));
    }

    /** What there is an image for. */
    List<Platform> platforms(Reference reference) {
        RemoteName name = RemoteName.of(reference);
        ManifestDocument document = manifest(name, name.version());
        return document.index()
                .map(Index::images)
                .orElseGet(() ->
                        List.of(ImageConfig.read(config(name, document.bytes())).platform()));
    }

    /** What an image consists of; no layer is asked for. */
    ImageOutline outline(Reference reference, Architecture architecture) {
        RemoteName name = RemoteName.of(reference);
        Digest digest = resolve(reference, architecture);
        byte[] document = manifest(name, digest.toString()).bytes();
        return ImageOutline.of(digest, document, config(name, document));
    }

    private byte[] config(RemoteName name, byte[] manifest) {
        return PulledImage.config(name, Manifest.read(manifest), layers(name));
    }

    private Layers layers(RemoteName name) {
        return new Layers(store, retries, (blob, from) -> blob(name, blob, from));
    }

    private Image fetch(Reference reference, Digest digest, Architecture architecture) {
        RemoteName name = RemoteName.of(reference);
        ManifestDocument document = manifest(name, digest.toString());
        if (document.index().isPresent()) {
            // With it, a store that this one's content is brought to can tell what belongs to the digest.
            store.put(document.bytes());
            Digest manifest = resolve(name, document, architecture, 0);
            store.remember(indexKey(digest, architecture), manifest.toString());
            return find(reference, manifest, architecture)
                    .orElseGet(
                            () -> fetch(reference, name, manifest, manifest(name, manifest.toString()), architecture));
        }
        return fetch(reference, name, digest, document, architecture);
    }

    private Image fetch(
            Reference reference, RemoteName name, Digest digest, ManifestDocument document, Architecture architecture) {
        if (document.index().isPresent()) {
            throw verification("The index of " + name + " names " + digest + " as an image, and that is an index too.");
        }
        store.put(document.bytes());
        PulledImage pulled = new PulledImage(name, digest, document.bytes(), architecture);
        Layers layers = layers(name);
        byte[] config = pulled.config(layers);
        List<Blob> blobs = layers.fetch(name.toString(), pulled.layers(), progress);
        return named(reference, digest, layout.read(reference, keep(reference, digest, config, blobs)));
    }

    /** Under the name it is asked for by now, whatever it was asked for by when it was pulled. */
    private static Image named(Reference name, Digest manifest, Image local) {
        String origin = "image:" + RemoteName.of(name);
        List<Image.Layer> layers = local.layers().stream()
                .map(layer -> new Image.Layer(layer.blob(), origin))
                .toList();
        return new Image(name, manifest, local.config(), layers);
    }

    /** The manifest for the architecture, which a document either is or, being an index, names. */
    private static Descriptor choose(RemoteName name, ManifestDocument document, Architecture architecture) {
        Platform platform = Platform.linux(architecture);
        return document.index()
                .map(index -> index.find(platform)
                        .orElseThrow(() -> unavailable("The image " + name + " is not made for " + platform.describe()
                                + "; there are " + index.platforms() + ".")))
                .orElseGet(
                        () -> Descriptor.of(MediaType.MANIFEST, new Blob(document.digest(), document.bytes().length)));
    }

    private static StepKey indexKey(Digest index, Architecture architecture) {
        return StepKey.of("image-of-index", 1).with("index", index).with("architecture", architecture);
    }

    private ManifestDocument manifest(RemoteName name, String version) {
        return retries.run("get the manifest of " + name, HINT, () -> {
            try (Answer answer = servers.ask(name, "manifests/" + version, ManifestDocument.TYPES, 0)) {
                byte[] document = answer.document(MOST_MANIFEST_BYTES, MANIFEST_LIMIT);
                if (document.length > MOST_MANIFEST_BYTES) {
                    throw verification(
                            "The manifest of " + name + " is larger than " + MOST_MANIFEST_BYTES + " bytes.");
                }
                Digest found = Digest.of(document);
                if (version.startsWith("sha256:") && !found.toString().equals(version)) {
                    throw verification("The manifest of " + name + " is not what was asked for: expected " + version
                            + ", found " + found + ".");
                }
                return ManifestDocument.of(name, answer.header("Content-Type").orElse(""), document);
            } catch (Servers.Absent e) {
                throw absent(name, e);
            }
        });
    }

    private BuildException absent(RemoteName name, Servers.Absent absence) {
        Optional<String> hint =
                name.digest().isEmpty() ? Tags.suggestion(servers.own(name.registry()), name) : Optional.empty();
        return hint.map(absence.failure()::hint).orElseGet(absence::failure);
    }

    private Answer blob(RemoteName name, Digest blob, long from) {
        try {
            return servers.ask(name, "blobs/" + blob, List.of(), from);
        } catch (Servers.Absent e) {
            throw e.failure();
        }
    }
}
