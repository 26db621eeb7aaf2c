package dev.osie.build.assemble;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where Debian's packages come from.
 *
 * @param mirror in one of the forms of {@link dev.osie.build.debian.Mirrors}
 * @param snapshot the address of the snapshot service, which has what mirrors dropped; Debian's own by default
 * @param keyring OpenPGP public keys that sign the mirror's suites; Debian's own by default
 */
public record DebianPlaces(Optional<String> mirror, Optional<String> snapshot, Optional<Path> keyring) {}
