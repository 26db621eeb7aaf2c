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
 * @param registries which servers are asked for images
 * @param keyring OpenPGP public keys that sign the mirror's suites; Debian's own by default
 * @param compression of the segments
 * @param layout of the images' trees
 * @param latestMtime no file is newer than this, in seconds since 1970; by default the date of the lock
 * @param offline the command that brings what is missing, for a machine with a network: none is used here; empty when one may be
 */
public record BuildRequest(
        Project project,
        CompositionRequest composition,
        Optional<Path> lock,
        Optional<String> mirror,
        RegistrySettings registries,
        Optional<Path> keyring,
        Compression compression,
        ImageLayout layout,
        Optional<Long> latestMtime,
        Optional<String> offline) {
    /** A request that may use the network. */
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
                registries,
                keyring,
                compression,
                layout,
                latestMtime,
                Optional.empty());
    }

    /** The same request with no network. */
    public BuildRequest offline(String command) {
        return new BuildRequest(
                project,
                composition,
                lock,
                mirror,
                registries,
                keyring,
                compression,
                layout,
                latestMtime,
                Optional.of(command));
    }

    /** The architecture built for. */
    public Architecture architecture() {
        return composition.architecture();
    }
}
