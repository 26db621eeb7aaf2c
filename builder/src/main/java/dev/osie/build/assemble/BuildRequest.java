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
 * @param mirror the Debian mirror, in one of the forms of {@link dev.osie.build.debian.Mirrors}
 * @param snapshot the address of the snapshot service, which has what mirrors dropped; Debian's own by default
 * @param registries which servers are asked for images
 * @param keyring OpenPGP public keys that sign the mirror's suites; Debian's own by default
 * @param compression of the segments
 * @param layout of the images' trees
 * @param latestMtime no file is newer than this, in seconds since 1970; by default the date of the lock
 */
public record BuildRequest(
        Project project,
        CompositionRequest composition,
        Optional<Path> lock,
        Optional<String> mirror,
        Optional<String> snapshot,
        RegistrySettings registries,
        Optional<Path> keyring,
        Compression compression,
        ImageLayout layout,
        Optional<Long> latestMtime) {
    /** With the default snapshot service. */
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
                mirror,
                Optional.empty(),
                registries,
                keyring,
                compression,
                layout,
                latestMtime);
    }

    /** The same for another architecture. */
    public BuildRequest on(Architecture architecture) {
        return new BuildRequest(
                project,
                composition.on(architecture),
                lock,
                mirror,
                snapshot,
                registries,
                keyring,
                compression,
                layout,
                latestMtime);
    }

    /** The architecture built for. */
    public Architecture architecture() {
        return composition.architecture();
    }
}
