package dev.osie.build.assemble;

import dev.osie.build.kernel.DriverCatalogue;
import dev.osie.build.kernel.Firmware;
import dev.osie.build.kernel.Kernel;
import dev.osie.build.kernel.KernelBuilder;
import dev.osie.build.oci.Image;
import dev.osie.build.platform.Architecture;
import dev.osie.build.spec.KernelSection;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Store;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.yaml.Problems;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A kernel and what goes with it, as LinuxKit's kernel images have it.
 *
 * @param description for people
 * @param vmlinuz the kernel
 * @param modules uncompressed tar archive that is laid over the root
 * @param firmware what the modules may ask for, where it does not lie among them
 * @param ucode processor microcode: an uncompressed cpio archive that goes before everything else
 * @param made what was made of a package; empty when an image brings the kernel as it is
 * @param image by which a document names the kernel
 * @param drivers gives those of the kernel, also those that are not among the modules; it may take a while
 */
record KernelImage(
        String description,
        Blob vmlinuz,
        Optional<Blob> modules,
        Optional<Firmware> firmware,
        Optional<Blob> ucode,
        Optional<Kernel> made,
        Image image,
        Supplier<DriverCatalogue> drivers) {
    /** Takes the kernel out of an image: the files that the section {@code kernel} names, at the image's root. */
    static KernelImage of(KernelSection section, Image image, Architecture architecture, Store store) {
        KernelImageFiles files = new KernelImageFiles(image, section.position(), store);
        Optional<Blob> modules = section.tar().map(files::archive);
        return new KernelImage(
                image.name().toString(),
                files.file(section.binary()),
                modules,
                Optional.empty(),
                section.ucode().map(files::file),
                Optional.empty(),
                image,
                () -> drivers(modules, section, image, architecture, store));
    }

    private static DriverCatalogue drivers(
            Optional<Blob> modules, KernelSection section, Image image, Architecture architecture, Store store) {
        Blob tar = modules.orElseThrow(() -> Problems.failure(
                section.position(), "the kernel " + image.name() + " has no modules, and says nothing of its drivers"));
        return KernelBuilder.drivers(
                TarLayer.read(store, tar.digest()).tree(), image.name().toString(), architecture);
    }
}
