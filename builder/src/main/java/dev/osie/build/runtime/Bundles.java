package dev.osie.build.runtime;

import dev.osie.build.spec.ContainerEntry;
import dev.osie.build.spec.ContainerEntry.Section;
import dev.osie.build.spec.ContainerOptions.Runtime;
import dev.osie.build.spec.FileEntry;
import dev.osie.build.spec.ImageName;
import dev.osie.build.spec.OsieDocument;
import dev.osie.build.spec.VolumeEntry;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import dev.osie.build.yaml.Problems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Lays out the containers and volumes of a document as LinuxKit's init expects them. With {@link ImageLayout#SHARED} a root is an
 * overlay over layers which several containers share:
 *
 * <pre>
 * containers/layers/                           defaults, container, volume: what LinuxKit gives every image; the images' layers
 * containers/volumes/NAME/                     lower, tmp, merged, prepare
 * containers/onboot/NNN-NAME/                  config.json, runtime.json, rootfs, tmp, prepare
 * containers/onshutdown/NNN-NAME/              the same
 * containers/services/NAME/                    the same, containerd.json and perhaps namespace, supervision
 * </pre>
 *
 * With {@link ImageLayout#FLAT} the tree of an image lies in {@code lower} of the first bundle that uses it, or in {@code rootfs} when
 * that container is read-only.
 *
 * <p>{@code prepare} is a shell script that does what runtime.json asks for before a container is created, and {@code attach} what it asks
 * for afterwards, if anything. {@code containerd.json} is config.json with the absolute path of the root and {@code attach} as a hook;
 * {@code hooked.json} is the same for containers that run once, if they need it. {@code namespace} holds containerd's namespace when the
 * document sets one, and {@code supervision} what {@code osie:} says about order, readiness and restarts, for the init's shell.
 */
public final class Bundles {
    static final String MERGED = "merged";

    private final OsieDocument document;
    private final Function<ImageName, ContainerImage> images;
    private final Function<FileEntry.Source, Path> files;
    private final ImageLayout layout;
    private final long mtime;
    private final Map<List<String>, String> extracted = new HashMap<>();
    private final Problems problems = new Problems();
    private final Identities identities;

    private Bundles(
            OsieDocument document,
            Function<ImageName, ContainerImage> images,
            Function<FileEntry.Source, Path> files,
            ImageLayout layout,
            long mtime) {
        this.document = document;
        this.images = images;
        this.files = files;
        this.layout = layout;
        this.mtime = mtime;
        this.identities = new Identities(document, problems);
    }

    /**
     * The bundles of a document; those of containers in the order of the document.
     *
     * @param images what is known about the image of each container and volume
     * @param files the host's file for one that the document names
     * @param layout how the trees of images lie; images of equal layers have one tree
     * @param mtime of everything that is made, in seconds since 1970
     * @throws dev.osie.build.failure.BuildException with every problem there is, such as a container with nothing to run
     */
    public static List<Bundle> of(
            OsieDocument document,
            Function<ImageName, ContainerImage> images,
            Function<FileEntry.Source, Path> files,
            ImageLayout layout,
            long mtime) {
        Bundles bundles = new Bundles(document, images, files, layout, mtime);
        List<Bundle> all = bundles.all();
        bundles.problems.throwIfAny();
        return all;
    }

    private List<Bundle> all() {
        List<Bundle> all = new ArrayList<>();
        if (layout == ImageLayout.SHARED) {
            ImageDefaults defaults = new ImageDefaults(mtime);
            boolean volumes = document.volumes().stream().anyMatch(Bundles::hasLayers);
            if (!document.containers().isEmpty() || volumes) {
                all.add(layer(ImageDefaults.LOWEST, defaults.lowest()));
            }
            if (!document.containers().isEmpty()) {
                all.add(layer(ImageDefaults.CONTAINER, defaults.container()));
            }
            if (volumes) {
                all.add(layer(ImageDefaults.VOLUME, defaults.host()));
            }
        }
        for (int i = 0; i < document.volumes().size(); i++) {
            all.add(volume(document.volumes().get(i), "volume[" + i + "]"));
        }
        for (List<ContainerEntry> section : List.of(document.onboot(), document.onshutdown(), document.services())) {
            for (int i = 0; i < section.size(); i++) {
                all.add(container(section.get(i), i));
            }
        }
        return List.copyOf(all);
    }

    static String volumeDirectory(String name) {
        return "containers/volumes/" + name;
    }

    private static String directory(ContainerEntry entry, int index) {
        String name = entry.section() == Section.SERVICES
                ? entry.name()
                : String.format(Locale.ROOT, "%03d-%s", index, entry.name());
        return "containers/" + entry.section() + "/" + name;
    }

    private Bundle layer(String name, Tree tree) {
        String directory = LayeredRoot.LAYERS.substring(1) + "/" + name;
        return new Bundle(directory, "layers", Optional.empty(), tree.below(directory), Optional.empty());
    }

    private Bundle container(ContainerEntry given, int index) {
        ContainerImage image = images.apply(given.image());
        ContainerEntry entry = image.label().map(given::withLabel).orElse(given);
        document.checkVolumes(entry, problems); // the label may bind some too
        String directory = directory(entry, index);
        String location = entry.section() + "[" + index + "]";
        if (layout == ImageLayout.SHARED) {
            RootFilesystem root = new LayeredRoot(
                    "/" + directory, "rootfs", image.layers(), ImageDefaults.CONTAINER, entry.position());
            Tree.Builder tree = directories(directory, "rootfs", "tmp");
            Tree content = container(tree, entry, directory, root, image);
            return new Bundle(directory, location, Optional.of(entry.image()), content, Optional.empty());
        }
        boolean readonly = entry.options().filesystem().readonly();
        String lower = directory + (readonly ? "/rootfs" : "/lower");
        Optional<String> earlier = Optional.ofNullable(extracted.putIfAbsent(image.layers(), lower));
        String source = "/" + earlier.orElse(lower);
        RootFilesystem root = readonly
                ? new BoundRoot(source, "/" + directory + "/rootfs", entry.position())
                : new WritableOverlay("/" + directory, "rootfs", source, entry.position());
        Tree.Builder tree = readonly ? directories(directory, "rootfs") : directories(directory, "rootfs", "tmp");
        Optional<ImageTree> content = earlier.isPresent()
                ? Optional.empty()
                : Optional.of(new ImageTree(entry.image(), lower, ImageTree.Form.CONTAINER, List.of()));
        Tree own = container(tree, entry, directory, root, image);
        return new Bundle(directory, location, Optional.of(entry.image()), own, content);
    }

    /** What lies in the bundle of a container, beside its image. */
    private Tree container(
            Tree.Builder tree, ContainerEntry entry, String directory, RootFilesystem root, ContainerImage image) {
        Runtime runtime = entry.options().runtime();
        ConfigJson config = new ConfigJson(entry, image, identities, problems);
        Hardening hardening = new Hardening(document, entry, files, problems);
        PrepareScript prepare = new PrepareScript("/" + directory + "/rootfs")
                .add(root.commands(List.of()))
                .add(runtime);
        tree.put(directory + "/config.json", file(0644, Json.content(hardening.apply(config.plain()))))
                .put(directory + "/runtime.json", file(0644, Json.content(RuntimeJson.of(root, runtime))))
                .put(directory + "/prepare", file(0755, prepare.content()));
        String attach = directory + "/attach";
        Optional<Content> script = AttachScript.of(runtime);
        script.ifPresent(content -> tree.put(attach, file(0755, content)));
        Optional<String> hook = script.map(content -> "/" + attach);
        Content absolute = Json.content(hardening.apply(config.with("/" + directory + "/rootfs", hook)));
        if (entry.section() == Section.SERVICES) {
            tree.put(directory + "/containerd.json", file(0644, absolute));
            SupervisionFile.of(document, entry.name())
                    .ifPresent(content -> tree.put(directory + "/supervision", file(0644, content)));
            runtime.namespace()
                    .ifPresent(name -> tree.put(directory + "/namespace", file(0644, Content.of(name + "\n"))));
        } else if (hook.isPresent()) {
            tree.put(directory + "/hooked.json", file(0644, absolute));
        }
        return tree.build(mtime);
    }

    private static boolean hasLayers(VolumeEntry volume) {
        return volume.image().isPresent() && volume.format() == VolumeEntry.Format.FILESYSTEM;
    }

    private Bundle volume(VolumeEntry volume, String location) {
        String directory = volumeDirectory(volume.name());
        String lower = directory + "/lower";
        boolean layered = layout == ImageLayout.SHARED && hasLayers(volume);
        RootFilesystem root = layered
                ? new LayeredRoot(
                        "/" + directory,
                        MERGED,
                        images.apply(volume.image().orElseThrow()).layers(),
                        ImageDefaults.VOLUME,
                        volume.position())
                : new WritableOverlay("/" + directory, MERGED, "/" + lower, volume.position());
        List<String> options = volume.readonly() ? List.of("ro") : List.of();
        PrepareScript prepare = new PrepareScript("/" + directory).add(root.commands(options));
        Tree tree = directories(directory, "lower", "tmp", MERGED)
                .put(directory + "/prepare", file(0755, prepare.content()))
                .build(mtime);
        ImageTree.Form form =
                volume.format() == VolumeEntry.Format.OCI ? ImageTree.Form.OCI_LAYOUT : ImageTree.Form.VOLUME;
        Optional<ImageTree> content = layered
                ? Optional.empty()
                : volume.image().map(image -> new ImageTree(image, lower, form, volume.platforms()));
        return new Bundle(directory, location, layered ? volume.image() : Optional.empty(), tree, content);
    }

    private Tree.Builder directories(String base, String... names) {
        Tree.Builder tree = new Tree.Builder();
        for (String name : names) {
            tree.put(base + "/" + name, new Node.Directory(Attributes.root(0755, mtime)));
        }
        return tree;
    }

    private Node file(int mode, Content content) {
        return new Node.RegularFile(Attributes.root(mode, mtime), content);
    }
}
