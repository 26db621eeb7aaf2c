package dev.osie.build.assemble;

import dev.osie.build.initramfs.Initramfs;
import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Blob;
import java.util.SortedMap;

/**
 * A finished OSIE, whose parts lie in the store.
 *
 * @param flavor its name
 * @param kernel how messages call the kernel
 * @param vmlinuz the kernel
 * @param document the composed document as plain LinuxKit YAML, every image by digest
 * @param origins where the files of each segment come from, by the segment's name
 * @param fileOrigins the same for single files, by path
 */
public record Osie(
        String flavor,
        Architecture architecture,
        String kernel,
        Blob vmlinuz,
        Initramfs initramfs,
        String document,
        SortedMap<String, String> origins,
        SortedMap<String, String> fileOrigins) {}
