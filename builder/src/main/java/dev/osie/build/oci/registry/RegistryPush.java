package dev.osie.build.oci.registry;

import dev.osie.build.failure.BuildException;
import dev.osie.build.http.Answer;
import dev.osie.build.http.OutgoingBody;
import dev.osie.build.http.Retries;
import dev.osie.build.http.Transport;
import dev.osie.build.oci.CompressedLayers;
import dev.osie.build.oci.Descriptor;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.Index;
import dev.osie.build.oci.LayerCompression;
import dev.osie.build.oci.Manifest;
import dev.osie.build.oci.MediaType;
import dev.osie.build.oci.Reference;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Pushes images of the store to a registry (OCI distribution specification, "Push"), as OCI images with compressed layers. The bytes follow
 * from the images and the request alone, so the digest is the same wherever they are pushed from.
 */
public final class RegistryPush {
    private static final String ANNOTATIONS = "org.opencontainers.image.";

    private final Store store;
    private final Servers servers;
    private final Retries retries;
    private final Progress progress;

    RegistryPush(
            Store store,
            RegistrySettings settings,
            Supplier<Transport> transport,
            Retries retries,
            Login.Finder logins,
            Progress progress) {
        this.store = store;
        this.servers = new Servers(settings, transport, logins);
        this.retries = retries;
        this.progress = progress;
    }

    /** Pushes with the logins of Docker's and Podman's configurations, and proxies and certificates from the environment. */
    public static RegistryPush create(
            Store store, RegistrySettings settings, Map<String, String> environment, Progress progress) {
        return new RegistryPush(
                store,
                settings,
                () -> Transport.create(environment),
                Retries.usual(),
                new LoginFiles(environment),
                progress);
    }

    /**
     * What to push, and as what.
     *
     * @param images one, or several for an index, each of another platform; with the digests of their manifests in the store
     * @param destination repository and tag; without one the tag is {@code latest}
     * @param moreTags further tags of the same
     * @param annotations of the manifests, and of the index
     */
    public record Request(
            List<Image> images,
            Reference destination,
            List<String> moreTags,
            LayerCompression compression,
            SortedMap<String, String> annotations) {
        public Request {
            images = List.copyOf(images);
            moreTags = List.copyOf(moreTags);
        }
    }

    /** A document to be put under its digest. */
    private record Document(String mediaType, byte[] bytes) {
        Blob blob() {
            return new Blob(Digest.of(bytes), bytes.length);
        }
    }

    /**
     * Pushes.
     *
     * @return the digest of the image's manifest, or of the index
     * @throws BuildException {@code UNAVAILABLE} when the registry refuses or can't be reached
     */
    public Digest push(Request request) {
        RemoteName name = RemoteName.of(request.destination());
        CompressedLayers layers = new CompressedLayers(store, request.compression(), progress);
        layers.make(request.images().stream()
                .flatMap(image -> image.layers().stream())
                .map(Image.Layer::blob)
                .toList());
        List<Descriptor> descriptors = new ArrayList<>();
        List<Document> documents = new ArrayList<>();
        Set<Blob> blobs = new LinkedHashSet<>();
        for (Image image : request.images()) {
            Manifest manifest = manifest(image, layers, request.annotations());
            manifest.layers().forEach(layer -> blobs.add(layer.blob()));
            blobs.add(manifest.config().blob());
            Document document = new Document(MediaType.MANIFEST, manifest.toBytes());
            documents.add(document);
            descriptors.add(Descriptor.of(MediaType.MANIFEST, document.blob())
                    .withPlatform(image.config().platform()));
        }
        if (documents.size() > 1) {
            documents.add(new Document(MediaType.INDEX, new Index(descriptors).toBytes(request.annotations())));
        }
        return send(name, request.moreTags(), documents, blobs);
    }

    private Digest send(RemoteName name, List<String> moreTags, List<Document> documents, Set<Blob> blobs) {
        Server server = servers.own(name.registry());
        Document top = documents.get(documents.size() - 1);
        Set<String> tags = new LinkedHashSet<>(List.of(name.tag()));
        tags.addAll(moreTags);
        tags.removeIf(tag -> has(server, name, tag, top));
        if (!tags.isEmpty()) {
            if (!has(server, name, top.blob().digest().toString(), top)) {
                new PushedBlobs(store, server, name, retries, progress).send(blobs);
                for (Document document : documents.subList(0, documents.size() - 1)) {
                    put(server, name, document.blob().digest().toString(), document);
                }
            }
            tags.forEach(tag -> put(server, name, tag, top));
        }
        progress.info("  push       " + name + (tags.isEmpty() ? " is there already" : " is pushed"));
        return top.blob().digest();
    }

    private Manifest manifest(Image image, CompressedLayers layers, SortedMap<String, String> annotations) {
        Descriptor config = Manifest.read(store.readAllBytes(image.manifest())).config();
        SortedMap<String, String> all = new TreeMap<>();
        // What the image says of itself; nothing is guessed.
        image.config().created().ifPresent(time -> all.put(ANNOTATIONS + "created", time));
        image.config().execution().labels().forEach((key, value) -> {
            if (key.startsWith(ANNOTATIONS)) {
                all.put(key, value);
            }
        });
        all.putAll(annotations);
        return new Manifest(
                Descriptor.of(MediaType.CONFIG, config.blob()),
                image.layers().stream()
                        .map(layer -> layers.descriptor(layer.blob()))
                        .toList(),
                all);
    }

    /** Whether there is exactly this under a tag or digest. */
    private boolean has(Server server, RemoteName name, String version, Document document) {
        Call call = Call.head(Scope.push(name.repository())).with("Accept", String.join(", ", ManifestDocument.TYPES));
        URI uri = server.address(name.repository(), "manifests/" + version);
        return retries.run("look for " + name, BlobUpload.HINT, () -> {
            try (Answer answer = server.send(uri, call)) {
                return answer.status() == 200
                        && answer.header("Docker-Content-Digest")
                                .equals(Optional.of(document.blob().digest().toString()));
            }
        });
    }

    private void put(Server server, RemoteName name, String version, Document document) {
        URI uri = server.address(name.repository(), "manifests/" + version);
        Blob blob = document.blob();
        Call call = Call.of(
                        "PUT",
                        Scope.push(name.repository()),
                        () -> new OutgoingBody(
                                blob.size(), () -> new ByteArrayInputStream(document.bytes()), count -> {}))
                .with("Content-Type", document.mediaType());
        retries.run("push the manifest of " + name, BlobUpload.HINT, () -> {
            Answer answer = server.send(uri, call);
            if (answer.status() != 201 && answer.status() != 202 && answer.status() != 200) {
                throw server.refused("push the manifest of " + name, answer);
            }
            answer.close();
            return blob;
        });
    }
}
