package dev.osie.build.assemble;

import dev.osie.build.compose.CompositionRequest;
import dev.osie.build.initramfs.Compression;
import dev.osie.build.oci.registry.RegistrySettings;
import dev.osie.build.platform.Architecture;
import dev.osie.build.runtime.ImageLayout;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What to build.
 *
 * @param project where names are looked up
 * @param composition what to compose
 * @param lock the lock file; by default {@code osie.lock} beside the flavor
 * @param debian where packages come from
 * @param registries which servers are asked for images
 * @param compression of the segments
 * @param layout of the images' trees
 * @param latestMtime no file is newer than this, in seconds since 1970; by default the date of the lock
 * @param docker whether images are looked for in the Docker daemon first
 * @param nativeCompilers whether kernels are compiled by this machine's own compilers, and not in a container
 * @param offline the command that brings what is missing, for a machine with a network: none is used here; empty when one may be
 */
public record BuildRequest(
        Project project,
        CompositionRequest composition,
        Optional<Path> lock,
        DebianPlaces debian,
        RegistrySettings registries,
        Compression compression,
        ImageLayout layout,
        Optional<Long> latestMtime,
        boolean docker,
        boolean nativeCompilers,
        Optional<String> offline) {
    /** With the default snapshot service, a network, and without a look at Docker's images. */
    public BuildRequest(
            Project project,
            CompositionRequest composition,
            Optional<Path> lock,
            Optional<String> mirror,
            RegistrySettings registries,
            Optional<Path> keyring,
            Compression compression,
            ImageLayout layout,
            Optional<Long> latestMtime) {
        this(
                project,
                composition,
                lock,
                new DebianPlaces(mirror, Optional.empty(), keyring),
                registries,
                compression,
                layout,
                latestMtime,
                false,
                false,
                Optional.empty());
    }

    /** The same for another architecture. */
    public BuildRequest on(Architecture architecture) {
        return new BuildRequest(
                project,
                composition.on(architecture),
                lock,
                debian,
                registries,
                compression,
                layout,
                latestMtime,
                docker,
                nativeCompilers,
                offline);
    }

    /** The same request with no network. */
    public BuildRequest offline(String command) {
        return new BuildRequest(
                project,
                composition,
                lock,
                debian,
                registries,
                compression,
                layout,
                latestMtime,
                docker,
                nativeCompilers,
                Optional.of(command));
    }

    /** The architecture built for. */
    public Architecture architecture() {
        return composition.architecture();
    }
}
