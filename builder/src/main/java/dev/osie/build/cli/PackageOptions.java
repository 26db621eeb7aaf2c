package dev.osie.build.cli;

import dev.osie.build.assemble.DebianPlaces;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where Debian packages come from, and who signs for them. */
final class PackageOptions {
    @Option(
            names = "--mirror",
            paramLabel = "URL",
            description = "The Debian mirror. Default: $OSIE_DEBIAN_MIRROR, else this host's apt sources,"
                    + " else Debian's snapshot service at the lock's date.")
    private Optional<String> mirror = Optional.empty();

    @Option(
            names = "--snapshot",
            paramLabel = "URL",
            description = "Debian's snapshot service or a copy of it, which has the packages that the mirror dropped."
                    + " Default: $OSIE_DEBIAN_SNAPSHOT, else https://snapshot.debian.org.")
    private Optional<String> snapshot = Optional.empty();

    @Option(
            names = "--keyring",
            paramLabel = "FILE",
            description = "OpenPGP public keys that sign the mirror's suites. Default: those of the Debian archive.")
    private Optional<Path> keyring = Optional.empty();

    DebianPlaces places() {
        return new DebianPlaces(mirror, snapshot, keyring);
    }
}
