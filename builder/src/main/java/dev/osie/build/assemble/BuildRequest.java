package dev.osie.build.assemble;

import dev.osie.build.initramfs.Compression;
import dev.osie.build.platform.Architecture;
import dev.osie.build.runtime.ImageLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What to build.
 *
 * @param project where names are looked up
 * @param flavor name or file of the flavor
 * @param overlays names or files of documents laid over it, lowest first
 * @param variables values of variables that the documents declare
 * @param lock the lock file; by default {@code osie.lock} beside the flavor
 * @param mirror the Debian mirror, in one of the forms of {@link dev.osie.build.debian.Mirrors}
 * @param keyring OpenPGP public keys that sign the mirror's suites; Debian's own by default
 * @param compression of the segments
 * @param layout of the images' trees
 * @param latestMtime no file is newer than this, in seconds since 1970; by default the date of the lock
 */
public record BuildRequest(
        Project project,
        String flavor,
        List<String> overlays,
        Map<String, String> variables,
        Architecture architecture,
        Optional<Path> lock,
        Optional<String> mirror,
        Optional<Path> keyring,
        Compression compression,
        ImageLayout layout,
        Optional<Long> latestMtime) {
    public BuildRequest {
        overlays = List.copyOf(overlays);
        variables = Map.copyOf(variables);
    }
}
