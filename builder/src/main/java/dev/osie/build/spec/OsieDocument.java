package dev.osie.build.spec;

import dev.osie.build.yaml.Problems;
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
        OsieDocument document = read(root, problems);
        document.check(problems);
        problems.throwIfAny();
        return document;
    }

    /** Reads a document, and reports what is wrong with each value of it; what is wrong is left out. */
    public static OsieDocument read(YamlNode root, Problems problems) {
        return DocumentReader.read(root, problems);
    }

    /** Reports what does not fit together: names that stand twice, volumes and users that are not declared, two kernels. */
    public void check(Problems problems) {
        DocumentReader.check(this, problems);
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
        Stream<ImageName> embeddedImages = embedded().stream().map(EmbeddedImage::image);
        Stream<ImageName> driverImages = drivers().stream().flatMap(driver -> driver.image().stream());
        return Stream.of(kernelImage, driverImages, init.stream(), volumeImages, containerImages, embeddedImages)
                .flatMap(images -> images)
                .toList();
    }

    /** The images that the machine has from the start. */
    public List<EmbeddedImage> embedded() {
        return osie.map(OsieSection::embedded).orElse(List.of());
    }

    /** The modules that it adds to those of its kernel. */
    public List<DriverEntry> drivers() {
        return osie.flatMap(OsieSection::kernel)
                .map(OsieSection.Kernel::drivers)
                .orElse(List.of());
    }

    /** The names of the recipes the document refers to. */
    public SortedSet<String> recipes() {
        SortedSet<String> names = new TreeSet<>();
        images().forEach(image -> image.recipe().ifPresent(names::add));
        return names;
    }

    /** Reports binds of volumes that the document does not declare, and of read-only ones without the option {@code ro}. */
    public void checkVolumes(ContainerEntry entry, Problems problems) {
        new VolumeCheck(this, problems).check(entry);
    }
}
