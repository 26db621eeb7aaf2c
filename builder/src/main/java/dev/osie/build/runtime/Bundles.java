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
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Lays out the containers and volumes of a document as LinuxKit's init expects them, except that a root file system is an overlay
 * over layers which several containers share:
 *
 * <pre>
 * containers/layers/defaults                   what an image may lack
 * containers/volumes/NAME/                     lower, tmp, merged, prepare
 * containers/onboot/NNN-NAME/                  config.json, runtime.json, rootfs, tmp, prepare
 * containers/onshutdown/NNN-NAME/              the same
 * containers/services/NAME/                    the same, containerd.json and perhaps namespace, supervision
 * </pre>
 *
 * {@code prepare} is a shell script that does what runtime.json asks for, {@code containerd.json} is config.json with the absolute
 * path of the root, {@code namespace} holds containerd's namespace when the document sets one, and {@code supervision} what
 * {@code osie:} says about order, readiness and restarts, for the init's shell.
 */
public final class Bundles {
    static final String MERGED = "merged";

    private static final String HOSTS = """
            127.0.0.1       localhost
            ::1     localhost ip6-localhost ip6-loopback
            fe00::0 ip6-localnet
            ff00::0 ip6-mcastprefix
            ff02::1 ip6-allnodes
            ff02::2 ip6-allrouters
            """;

    private final OsieDocument document;
    private final Function<ImageName, ContainerImage> images;
    private final Function<FileEntry.Source, Path> files;
    private final long mtime;
    private final Problems problems = new Problems();
    private final Identities identities;

    private Bundles(
            OsieDocument document,
            Function<ImageName, ContainerImage> images,
            Function<FileEntry.Source, Path> files,
            long mtime) {
        this.document = document;
        this.images = images;
        this.files = files;
        this.mtime = mtime;
        this.identities = new Identities(document, problems);
    }

    /**
     * The bundles of a document; those of containers in the order of the document.
     *
     * @param images what is known about the image of each container and volume
     * @param files the host's file for one that the document names
     * @param mtime of everything that is made, in seconds since 1970
     * @throws dev.osie.build.failure.BuildException with every problem there is, such as a container with nothing to run
     */
    public static List<Bundle> of(
            OsieDocument document,
            Function<ImageName, ContainerImage> images,
            Function<FileEntry.Source, Path> files,
            long mtime) {
        Bundles bundles = new Bundles(document, images, files, mtime);
        List<Bundle> all = bundles.all();
        bundles.problems.throwIfAny();
        return all;
    }

    private List<Bundle> all() {
        List<Bundle> all = new ArrayList<>();
        if (!document.containers().isEmpty() || !document.volumes().isEmpty()) {
            all.add(defaults());
        }
        document.volumes().forEach(volume -> all.add(volume(volume)));
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

    private Bundle container(ContainerEntry given, int index) {
        ContainerImage image = images.apply(given.image());
        ContainerEntry entry = image.label().map(given::withLabel).orElse(given);
        document.checkVolumes(entry, problems); // the label may bind some too
        String directory = directory(entry, index);
        RootFilesystem root = new RootFilesystem("/" + directory, "rootfs", image.layers(), entry.position());
        Runtime runtime = entry.options().runtime();
        ConfigJson config = new ConfigJson(entry, image, identities, problems);
        Hardening hardening = new Hardening(document, entry, files, problems);
        Tree.Builder tree = directories(directory, "rootfs", "tmp")
                .put(directory + "/config.json", file(0644, Json.content(hardening.apply(config.with("rootfs")))))
                .put(directory + "/runtime.json", file(0644, Json.content(RuntimeJson.of(root, runtime))))
                .put(
                        directory + "/prepare",
                        file(
                                0755,
                                new PrepareScript("/" + directory + "/rootfs")
                                        .add(root.commands(List.of()))
                                        .add(runtime)
                                        .content()));
        if (entry.section() == Section.SERVICES) {
            Content absolute = Json.content(hardening.apply(config.with("/" + directory + "/rootfs")));
            tree.put(directory + "/containerd.json", file(0644, absolute));
            SupervisionFile.of(document, entry.name())
                    .ifPresent(content -> tree.put(directory + "/supervision", file(0644, content)));
            runtime.namespace()
                    .ifPresent(name -> tree.put(directory + "/namespace", file(0644, Content.of(name + "\n"))));
        }
        return new Bundle(directory, tree.build(mtime));
    }

    private Bundle volume(VolumeEntry volume) {
        String directory = volumeDirectory(volume.name());
        List<String> layers =
                volume.image().map(images).map(ContainerImage::layers).orElse(List.of());
        RootFilesystem root = new RootFilesystem("/" + directory, MERGED, layers, volume.position());
        List<String> options = volume.readonly() ? List.of("ro") : List.of();
        Tree tree = directories(directory, "lower", "tmp", MERGED)
                .put(
                        directory + "/prepare",
                        file(
                                0755,
                                new PrepareScript("/" + directory)
                                        .add(root.commands(options))
                                        .content()))
                .build(mtime);
        return new Bundle(directory, tree);
    }

    private Bundle defaults() {
        String directory = RootFilesystem.LAYERS.substring(1) + "/" + RootFilesystem.DEFAULTS;
        Tree tree = directories(directory, "dev", "dev/pts", "dev/shm", "etc", "proc", "sys")
                .put(directory + "/etc/hosts", file(0644, Content.of(HOSTS)))
                .put(directory + "/etc/resolv.conf", file(0644, Content.of("\n# no resolv.conf configured\n")))
                .put(directory + "/etc/mtab", new Node.Symlink(Attributes.root(0777, mtime), "/proc/mounts"))
                .build(mtime);
        return new Bundle(directory, tree);
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
