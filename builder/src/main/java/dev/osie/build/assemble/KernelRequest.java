package dev.osie.build.assemble;

import dev.osie.build.oci.registry.RegistrySettings;
import dev.osie.build.platform.Architecture;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Which kernel to compile, without a flavor that uses it.
 *
 * @param kernel the name of its document
 * @param lock the lock that has its sources; by default {@code osie.lock} beside its fragments
 * @param debian where packages come from
 * @param registries where images that the compilers' recipe may build on come from
 * @param offline the command that brings what is missing, as in {@link BuildRequest}
 * @param nativeCompilers whether this machine's own compilers are used, and not those of a container
 */
public record KernelRequest(
        Project project,
        String kernel,
        Architecture architecture,
        Optional<Path> lock,
        DebianPlaces debian,
        RegistrySettings registries,
        Optional<String> offline,
        boolean nativeCompilers) {}
