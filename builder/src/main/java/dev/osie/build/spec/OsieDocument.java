package dev.osie.build.spec;

import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.Suggestion;
import dev.osie.build.yaml.YamlNode;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * An OSIE document: the sections of LinuxKit's YAML (its docs/yaml.md) and {@code osie:}.
 *
 * @param source the document it was read from, with every value's position
 */
public record OsieDocument(
        Optional<OsieSection> osie,
        Optional<KernelSection> kernel,
        List<ImageName> init,
        List<VolumeEntry> volumes,
        List<ContainerEntry> onboot,
        List<ContainerEntry> onshutdown,
        List<ContainerEntry> services,
        List<FileEntry> files,
        YamlNode.Mapping source) {
    /**
     * Reads a document.
     *
     * @throws dev.osie.build.failure.BuildException with every problem there is, each at its position
     */
    public static OsieDocument read(YamlNode root) {
        Problems problems = new Problems();
        OsieDocument document = DocumentReader.read(root, problems);
        problems.throwIfAny();
        return document;
    }

    /** Every container in the order in which LinuxKit numbers them. */
    public List<ContainerEntry> containers() {
        return Stream.of(onboot, onshutdown, services).flatMap(List::stream).toList();
    }

    /** What the section {@code osie:} says about containers. */
    public Settings settings() {
        return osie.map(OsieSection::settings).orElse(Settings.NONE);
    }

    /** Every image the document names, in the order of the sections; one named twice stands twice. */
    public List<ImageName> images() {
        Stream<ImageName> kernelImage = kernel.flatMap(KernelSection::image).stream();
        Stream<ImageName> volumeImages = volumes.stream().flatMap(volume -> volume.image().stream());
        Stream<ImageName> containerImages = containers().stream().map(ContainerEntry::image);
        return Stream.of(kernelImage, init.stream(), volumeImages, containerImages)
                .flatMap(images -> images)
                .toList();
    }

    /** The names of the recipes the document refers to. */
    public SortedSet<String> recipes() {
        SortedSet<String> names = new TreeSet<>();
        images().forEach(image -> image.recipe().ifPresent(names::add));
        return names;
    }

    /** Reports binds of volumes that the document does not declare, and of read-only ones without the option {@code ro}. */
    public void checkVolumes(ContainerEntry entry, Problems problems) {
        for (Mount mount : entry.options().filesystem().mounts()) {
            if (mount.isVolume()) {
                checkVolume(mount, problems);
            }
        }
    }

    private void checkVolume(Mount mount, Problems problems) {
        Optional<VolumeEntry> declared = volumes.stream()
                .filter(volume -> volume.name().equals(mount.source()))
                .findFirst();
        if (declared.isEmpty()) {
            List<String> names = volumes.stream().map(VolumeEntry::name).toList();
            String expected = Suggestion.closest(mount.source(), names)
                    .map(closest -> "did you mean '" + closest + "'?")
                    .orElse("declare it under 'volumes', or write a path that begins with '/'");
            problems.add(mount.position(), "unknown volume '" + mount.source() + "' — " + expected);
        } else if (declared.get().readonly() && !mount.options().contains("ro")) {
            problems.add(
                    mount.position(),
                    "the volume '" + mount.source() + "' is read-only: its bind needs the option ro, as in '"
                            + mount.source() + ":" + mount.destination() + ":ro'");
        }
    }
}
