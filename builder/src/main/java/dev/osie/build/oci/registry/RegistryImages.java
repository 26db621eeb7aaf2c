package dev.osie.build.oci.registry;

import static dev.osie.build.failure.BuildException.unavailable;
import static dev.osie.build.failure.BuildException.verification;

import dev.osie.build.failure.BuildException;
import dev.osie.build.http.Answer;
import dev.osie.build.http.BrokenTransfer;
import dev.osie.build.http.Retries;
import dev.osie.build.http.Transport;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.Index;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.MediaType;
import dev.osie.build.oci.Platform;
import dev.osie.build.oci.Reference;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Images from registries. What a tag means is asked once, when a lock is made; from then on images are known by the digest of their manifest.
 * A pulled image lies in the store with uncompressed layers, so its manifest there is another than the registry's; the registry's is what
 * names it everywhere else.
 */
public final class RegistryImages {
    private static final List<String> MANIFESTS =
            List.of(MediaType.INDEX, MediaType.DOCKER_INDEX, MediaType.MANIFEST, MediaType.DOCKER_MANIFEST);
    private static final int MOST_MANIFEST_BYTES = 4 << 20;
    private static final String HINT =
            "Perhaps check the network and the proxy, or name a mirror with --registry-mirror.";

    private final Store store;
    private final Layout layout;
    private final RegistrySettings settings;
    private final Supplier<Transport> transport;
    private final Retries retries;
    private final Login.Finder logins;
    private final Progress progress;
    private final Map<String, List<Server>> servers = new ConcurrentHashMap<>();

    RegistryImages(
            Store store,
            RegistrySettings settings,
            Supplier<Transport> transport,
            Retries retries,
            Login.Finder logins,
            Progress progress) {
        this.store = store;
        this.layout = new Layout(store);
        this.settings = settings;
        this.transport = transport;
        this.retries = retries;
        this.logins = logins;
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
                Login.ofConfigurations(environment),
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
                Login.ofConfigurations(Map.of()),
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
        return choose(name, manifest(name, name.version()), architecture);
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
        return store.recall(key(manifest))
                .map(Digest::parse)
                .filter(layout::holds)
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
        Digest own = layout.put(kept, config, layers).manifest();
        store.remember(key(manifest), own.toString());
        return own;
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

    private Image fetch(Reference reference, Digest digest, Architecture architecture) {
        RemoteName name = RemoteName.of(reference);
        byte[] document = manifest(name, digest.toString());
        store.put(
                document); // with it, a store that this one's content is brought to can tell what belongs to the digest
        if (Index.read(document).isPresent()) {
            Digest manifest = choose(name, document, architecture);
            store.remember(indexKey(digest, architecture), manifest.toString());
            return pull(reference, manifest, architecture);
        }
        PulledImage pulled = new PulledImage(name, digest, document, architecture);
        Layers layers = new Layers(store, retries, (blob, from) -> ask(name, "blobs/" + blob, List.of(), from));
        byte[] config = pulled.config(layers);
        List<Blob> blobs = layers.fetch(name.toString(), pulled.layers(), progress);
        Digest own = keep(reference, digest, config, blobs);
        return named(reference, digest, layout.read(reference, own));
    }

    /** Under the name it is asked for by now, whatever it was asked for by when it was pulled. */
    private static Image named(Reference name, Digest manifest, Image local) {
        String origin = "image:" + RemoteName.of(name);
        List<Image.Layer> layers = local.layers().stream()
                .map(layer -> new Image.Layer(layer.blob(), origin))
                .toList();
        return new Image(name, manifest, local.config(), layers, local.kept());
    }

    /** The manifest for the architecture, which a document either is or, being an index, names. */
    private static Digest choose(RemoteName name, byte[] document, Architecture architecture) {
        Platform platform = Platform.linux(architecture);
        return Index.read(document)
                .map(index -> index.find(platform)
                        .orElseThrow(() -> unavailable("The image " + name + " is not made for " + platform.describe()
                                + "; there are " + index.platforms() + ".")))
                .orElseGet(() -> Digest.of(document));
    }

    private static StepKey key(Digest manifest) {
        return StepKey.of("pulled-image", 2).with("manifest", manifest);
    }

    private static StepKey indexKey(Digest index, Architecture architecture) {
        return StepKey.of("image-of-index", 1).with("index", index).with("architecture", architecture);
    }

    private byte[] manifest(RemoteName name, String version) {
        return retries.run("get the manifest of " + name, HINT, () -> {
            try (Answer answer = ask(name, "manifests/" + version, MANIFESTS, 0)) {
                byte[] document = answer.body().readNBytes(MOST_MANIFEST_BYTES + 1);
                if (document.length > MOST_MANIFEST_BYTES) {
                    throw verification(
                            "The manifest of " + name + " is larger than " + MOST_MANIFEST_BYTES + " bytes.");
                }
                Digest found = Digest.of(document);
                if (version.startsWith("sha256:") && !found.toString().equals(version)) {
                    throw verification("The manifest of " + name + " is not what was asked for: expected " + version
                            + ", found " + found + ".");
                }
                return document;
            } catch (IOException e) {
                throw new BrokenTransfer("the transfer broke off: " + Transport.reason(e), e);
            }
        });
    }

    /** Asks the mirrors in order, then the registry itself; the next one when one doesn't have it or can't be used. */
    private Answer ask(RemoteName name, String path, List<String> accept, long from) {
        List<String> refusals = new ArrayList<>();
        List<Server> all = servers.computeIfAbsent(name.registry(), this::serversOf);
        for (Server server : all) {
            boolean last = server == all.get(all.size() - 1);
            try {
                Answer answer = server.get(name.repository(), path, accept, from);
                if (answer.status() != 404) {
                    return answer;
                }
                answer.close();
                refusals.add(server.host() + " has no such image");
            } catch (BrokenTransfer e) {
                if (last) {
                    throw e;
                }
                refusals.add(server.host() + ": " + e.getMessage());
            } catch (BuildException e) {
                if (last) {
                    throw refusals.isEmpty() ? e : e.hint(String.join("; ", refusals) + ".");
                }
                refusals.add(e.getMessage());
            }
        }
        throw unavailable("There is no image " + name + ": " + String.join("; ", refusals) + ".");
    }

    private List<Server> serversOf(String registry) {
        Transport shared = transport.get();
        return settings.places(registry).stream()
                .map(place -> new Server(place, shared, logins))
                .toList();
    }
}
