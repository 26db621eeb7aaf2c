package dev.osie.build.oci.archive;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.failure.BuildException;
import dev.osie.build.oci.Descriptor;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.ImageConfig;
import dev.osie.build.oci.ImageOutline;
import dev.osie.build.oci.ImageSource;
import dev.osie.build.oci.Index;
import dev.osie.build.oci.LayerCompression;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Manifest;
import dev.osie.build.oci.MediaType;
import dev.osie.build.oci.Platform;
import dev.osie.build.oci.Reference;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Store;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An image of an image layout, in a directory or a tar archive (OCI image specification, "Image Layout"): one manifest, or one for each
 * platform, in nested indexes or side by side. What isn't an image, such as an attestation, is passed over.
 */
public final class LayoutSource implements ImageSource {
    private static final Set<String> INDEXES = Set.of(MediaType.INDEX, MediaType.DOCKER_INDEX);
    private static final String REFERENCE_TYPE = "vnd.docker.reference.type";
    private static final int MOST_MANIFESTS = 1000;
    private static final int DEEPEST = 4;

    private final ImageFiles files;
    private final ImageBlobs blobs;
    private final Store store;
    private final Progress progress;
    private final ImageNames names;
    private final String shown;
    private final List<Descriptor> manifests = new ArrayList<>();
    private int seen;

    private LayoutSource(ImageFiles files, String name, Store store, Progress progress) {
        this.files = files;
        this.blobs = new ImageBlobs(files);
        this.store = store;
        this.progress = progress;
        blobs.requireKind("index.json", "image layout", "manifest.json", "docker-archive:");
        Index index = Index.read(blobs.document("index.json")).orElseGet(() -> new Index(List.of()));
        this.names = ImageNames.ofIndex(files.toString(), index.manifests());
        this.shown = names.shown(name);
        names.choose(name).forEach(descriptor -> add(descriptor, 0));
    }

    /**
     * An image of a directory.
     *
     * @param name as the layout has it; empty when it has only one
     */
    public static ImageSource ofDirectory(Path directory, String name, Store store, Progress progress) {
        return open(DirectoryFiles.open(directory), name, store, progress);
    }

    /** The same of an archive, which may be compressed. */
    public static ImageSource ofArchive(Path archive, String name, Store store, Progress progress) {
        return open(TarFiles.open(archive, store), name, store, progress);
    }

    private static ImageSource open(ImageFiles files, String name, Store store, Progress progress) {
        try {
            return new LayoutSource(files, name, store, progress);
        } catch (BuildException e) {
            files.close();
            throw ImageBlobs.placed(e, files);
        }
    }

    private void add(Descriptor descriptor, int depth) {
        if (++seen > MOST_MANIFESTS || depth > DEEPEST) {
            throw unavailable("The image " + shown + " of " + files + " is an index of too many: expected "
                    + MOST_MANIFESTS + " manifests at most, in " + DEEPEST + " levels.");
        }
        if (INDEXES.contains(descriptor.mediaType())) {
            Index.read(blobs.document(descriptor))
                    .ifPresent(index -> index.manifests().forEach(inner -> add(inner, depth + 1)));
        } else if (!descriptor.annotations().containsKey(REFERENCE_TYPE)) {
            Platform platform =
                    descriptor.platform().orElseGet(() -> config(descriptor).platform());
            manifests.add(descriptor.withPlatform(platform));
        }
    }

    private ImageConfig config(Descriptor manifest) {
        return ImageConfig.read(
                blobs.document(Manifest.read(blobs.document(manifest)).config()));
    }

    @Override
    public Optional<Reference> name() {
        return names.reference(shown);
    }

    @Override
    public List<Platform> platforms() {
        return manifests.stream()
                .flatMap(manifest -> manifest.platform().stream())
                .filter(platform -> !platform.architecture().equals("unknown"))
                .toList();
    }

    @Override
    public ImageOutline outline(Architecture architecture) {
        Descriptor chosen = choose(architecture);
        byte[] manifest = blobs.document(chosen);
        return ImageOutline.of(
                chosen.digest(),
                manifest,
                blobs.document(Manifest.read(manifest).config()));
    }

    private Descriptor choose(Architecture architecture) {
        Platform wanted = Platform.linux(architecture);
        return manifests.stream()
                .filter(manifest -> manifest.platform().orElseThrow().suits(wanted))
                .findFirst()
                .orElseThrow(() -> unavailable("The image " + shown + " of " + files + " is not made for "
                        + wanted.describe() + "; there are "
                        + platforms().stream()
                                .map(Platform::describe)
                                .distinct()
                                .collect(Collectors.joining(", "))
                        + "."));
    }

    @Override
    public Image fetch(Architecture architecture) {
        Descriptor chosen = choose(architecture);
        Manifest manifest = Manifest.read(blobs.document(chosen));
        byte[] config = blobs.document(manifest.config());
        String image = shown.isEmpty() ? files.toString() : shown;
        LayerFiles.requireSuitable(
                image, ImageConfig.read(config), architecture, manifest.layers().size());
        Layout layout = new Layout(store);
        List<LayerFiles.Packed> layers =
                manifest.layers().stream().map(layer -> packed(image, layer)).toList();
        Image fetched = layout.keep(
                name().orElse(ImageNames.NAMELESS),
                config,
                new LayerFiles(store, progress).unpack(image, config, layers));
        layout.remember(chosen.digest(), fetched);
        return fetched;
    }

    private LayerFiles.Packed packed(String image, Descriptor layer) {
        String what = "layer " + layer.digest() + " of " + image;
        LayerCompression compression = LayerCompression.ofMediaType(layer.mediaType())
                .orElseThrow(() -> unavailable("The " + what + " has the media type '" + layer.mediaType()
                        + "', which no layer of a container image has."));
        return new LayerFiles.Packed(what, compression, layer.size(), () -> blobs.open(layer));
    }

    @Override
    public void close() {
        files.close();
    }
}
