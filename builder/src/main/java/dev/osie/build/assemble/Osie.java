package dev.osie.build.assemble;

import dev.osie.build.initramfs.Initramfs;
import dev.osie.build.oci.Image;
import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Blob;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A finished OSIE, whose parts lie in the store.
 *
 * @param flavor its name
 * @param kernel how messages call the kernel; empty where there is none
 * @param vmlinuz the kernel, always there once the initramfs is packed
 * @param ucode processor microcode, an uncompressed cpio archive
 * @param deviceTrees of the kernel's boards, an uncompressed tar archive by the paths that they have in the kernel's sources
 * @param cmdline the kernel's command line
 * @param kernelSource the reference of the kernel's image; empty where there is none
 * @param latestMtime no file is newer, in seconds since 1970
 * @param parts the file tree, lowest part first
 * @param document the composed document as plain LinuxKit YAML, every image by digest
 * @param images those of the init, of volumes and of containers, as the document names them, with the layers that lie in the tree
 * @param fileOrigins where single files come from, by path
 */
public record Osie(
        String flavor,
        Architecture architecture,
        String kernel,
        Optional<Blob> vmlinuz,
        Optional<Blob> ucode,
        Optional<Blob> deviceTrees,
        String cmdline,
        String kernelSource,
        long latestMtime,
        List<Part> parts,
        Initramfs initramfs,
        String document,
        SortedMap<String, Image> images,
        SortedMap<String, String> fileOrigins) {
    public Osie {
        parts = List.copyOf(parts);
        images = Collections.unmodifiableSortedMap(images);
    }

    Osie packed(Initramfs newInitramfs) {
        return new Osie(
                flavor,
                architecture,
                kernel,
                vmlinuz,
                ucode,
                deviceTrees,
                cmdline,
                kernelSource,
                latestMtime,
                parts,
                newInitramfs,
                document,
                images,
                fileOrigins);
    }

    /** Where a layer of a container's or volume's image lies, when layers are shared. */
    public static String directoryOf(Image.Layer layer) {
        return Units.LAYERS + DocumentImages.layerId(layer);
    }

    /** Where the files of each segment come from, by the segment's name. */
    public SortedMap<String, String> origins() {
        SortedMap<String, String> origins = new TreeMap<>();
        parts.forEach(part -> origins.put(part.unit().name(), part.origin()));
        ucode.ifPresent(blob -> origins.put("ucode", kernelSource));
        return origins;
    }
}
