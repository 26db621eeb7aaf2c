package dev.osie.build.spec;

import dev.osie.build.yaml.Position;
import java.util.Optional;

/**
 * LinuxKit's {@code kernel:} section.
 *
 * @param image a kernel image; absent when {@code osie.kernel} says which kernel to use
 * @param cmdline the kernel command line, exactly as written
 * @param binary the name of the kernel in the image
 * @param tar the name of the archive of modules in the image; absent for none
 * @param ucode the name of the microcode archive in the image
 */
public record KernelSection(
        Optional<ImageName> image,
        String cmdline,
        String binary,
        Optional<String> tar,
        Optional<String> ucode,
        Position position) {}
