package dev.osie.build.oci.archive;

import dev.osie.build.failure.BuildException;
import dev.osie.build.oci.DockerManifest;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.ImageConfig;
import dev.osie.build.oci.ImageOutline;
import dev.osie.build.oci.ImageSource;
import dev.osie.build.oci.LayerCompression;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Platform;
import dev.osie.build.oci.Reference;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Content;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An image of an archive that {@code docker save} wrote, or a tool that writes the same (Docker image specification 1.2). The archive's
 * {@code manifest.json} counts. Layers are compared with the configuration, which has their digests; of the configuration itself, and of
 * compressed layers, a digest is known where their path has it.
 */
public final class DockerArchiveSource implements ImageSource {
    private static final Pattern CONFIG = Pattern.compile("(?:blobs/sha256/)?(?<hex>[0-9a-f]{64})(?:\\.json)?");
    private static final Pattern BLOB = Pattern.compile("blobs/sha256/(?<hex>[0-9a-f]{64})");

    private final ImageFiles files;
    private final ImageBlobs blobs;
    private final Store store;
    private final Progress progress;
    private final DockerManifest manifest;
    private final Optional<Reference> name;
    private final byte[] document;
    private final ImageConfig config;

    private DockerArchiveSource(ImageFiles files, String wanted, Store store, Progress progress) {
        this.files = files;
        this.blobs = new ImageBlobs(files);
        this.store = store;
        this.progress = progress;
        blobs.requireKind("manifest.json", "archive of docker save", "index.json", "oci-archive:");
        this.manifest = choose(DockerManifest.read(blobs.document("manifest.json")), wanted);
        Optional<Reference> full = Reference.read(wanted).map(Reference::full);
        this.name = full.isPresent() ? full : manifest.names().stream().findFirst();
        this.document = blobs.document(manifest.config());
        digest(CONFIG, manifest.config())
                .ifPresent(expected -> blobs.requireDigest(manifest.config(), Digest.of(document), expected));
        this.config = ImageConfig.read(document);
    }

    /**
     * An image of an archive, which may be compressed.
     *
     * @param name one of the image's names; empty when the archive has only one image
     */
    public static ImageSource of(Path archive, String name, Store store, Progress progress) {
        ImageFiles files = TarFiles.open(archive, store);
        try {
            return new DockerArchiveSource(files, name, store, progress);
        } catch (BuildException e) {
            files.close();
            throw ImageBlobs.placed(e, files);
        }
    }

    private DockerManifest choose(List<DockerManifest> images, String wanted) {
        Optional<Reference> reference = Reference.read(wanted).map(Reference::full);
        List<DockerManifest> found = images.stream()
                .filter(image -> wanted.isEmpty()
                        || reference.filter(image.names()::contains).isPresent())
                .toList();
        List<String> names =
                images.stream().flatMap(image -> image.repoTags().stream()).toList();
        if (found.isEmpty()) {
            throw ImageNames.missing(
                    files.toString(), wanted, images.isEmpty() || !names.isEmpty() ? names : List.of(""));
        }
        if (found.size() > 1) {
            throw ImageNames.several(files.toString(), names.isEmpty() ? List.of("NAME") : names);
        }
        return found.get(0);
    }

    private static Optional<Digest> digest(Pattern pattern, String path) {
        Matcher matcher = pattern.matcher(path);
        return matcher.matches() ? Optional.of(new Digest(matcher.group("hex"))) : Optional.empty();
    }

    @Override
    public Optional<Reference> name() {
        return name;
    }

    @Override
    public List<Platform> platforms() {
        return List.of(config.platform());
    }

    @Override
    public ImageOutline outline(Architecture architecture) {
        LayerFiles.requireSuitable(
                shown(), config, architecture, manifest.layers().size());
        List<String> origins = ImageOutline.origins(config);
        List<ImageOutline.Layer> layers = new ArrayList<>();
        for (int i = 0; i < origins.size(); i++) {
            String path = manifest.layers().get(i);
            layers.add(new ImageOutline.Layer(
                    Optional.of(compression(path)),
                    digest(BLOB, path),
                    config.diffIds().get(i),
                    blobs.file(path).size(),
                    origins.get(i)));
        }
        return new ImageOutline(
                Optional.empty(), manifest.toString(), new String(document, StandardCharsets.UTF_8), config, layers);
    }

    private String shown() {
        return name.map(Reference::toString).orElse(files.toString());
    }

    @Override
    public Image fetch(Architecture architecture) {
        LayerFiles.requireSuitable(
                shown(), config, architecture, manifest.layers().size());
        List<LayerFiles.Packed> layers =
                manifest.layers().stream().map(this::packed).toList();
        return new Layout(store)
                .keep(
                        name.orElse(ImageNames.NAMELESS),
                        document,
                        new LayerFiles(store, progress).unpack(shown(), document, layers));
    }

    private LayerFiles.Packed packed(String path) {
        Content content = blobs.file(path);
        return new LayerFiles.Packed(
                "layer '" + path + "' of " + shown(),
                compression(path),
                content.size(),
                () -> blobs.open(path, content, digest(BLOB, path)));
    }

    /** Nothing but the bytes themselves says it. */
    private LayerCompression compression(String path) {
        try (InputStream in = new BufferedInputStream(blobs.open(path, blobs.file(path), Optional.empty()))) {
            return LayerCompression.ofBytes(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        files.close();
    }
}
