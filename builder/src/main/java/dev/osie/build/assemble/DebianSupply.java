package dev.osie.build.assemble;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.Downloader;
import dev.osie.build.debian.Keyring;
import dev.osie.build.debian.Mirror;
import dev.osie.build.debian.Mirrors;
import dev.osie.build.debian.PackageFetcher;
import dev.osie.build.debian.Suite;
import dev.osie.build.debian.SuiteReader;
import dev.osie.build.lock.Lock;
import dev.osie.build.lock.LockRequest;
import dev.osie.build.lock.Locker;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Debian's archives over the network: what the suites have now, and packages by digest. */
final class DebianSupply {
    private final Optional<String> mirror;
    private final Optional<Path> keyring;
    private final boolean offline;
    private final Store store;
    private final Progress progress;

    DebianSupply(Optional<String> mirror, Optional<Path> keyring, boolean offline, Store store, Progress progress) {
        this.mirror = mirror;
        this.keyring = keyring;
        this.offline = offline;
        this.store = store;
        this.progress = progress;
    }

    /** Resolves a request against what the suites have today; offline, against what they had when the store got their indexes. */
    Lock resolve(LockRequest request) {
        return new Locker(reader(), Suite.DEFAULT, progress).resolve(List.of(request));
    }

    /** What the store lacks for resolving offline, in words. */
    List<String> missingIndexes(Architecture architecture) {
        return reader().missing(Suite.DEFAULT, architecture);
    }

    private SuiteReader reader() {
        Clock clock = Clock.systemUTC();
        return new SuiteReader(
                Mirrors.ofHost().find(mirror, Optional.empty()),
                keyring.map(file -> read(file, clock)).orElseGet(() -> Keyring.debian(clock)),
                downloader(),
                store,
                clock);
    }

    /** Makes sure that the store holds the packages of a lock of that date. */
    void fetch(Collection<BinaryPackage> packages, Instant lockDate) {
        if (packages.stream().allMatch(binary -> store.contains(binary.deb()))) {
            return; // and leave the HTTP client's many classes unloaded
        }
        Mirrors mirrors = Mirrors.ofHost();
        Mirror first = mirrors.find(mirror, Optional.of(lockDate));
        Mirror second = mirrors.snapshot(Optional.of(lockDate));
        new PackageFetcher(first, second, downloader(), store, progress).fetch(packages);
    }

    private static Keyring read(Path file, Clock clock) {
        try (InputStream in = Files.newInputStream(file)) {
            return Keyring.read(in, clock);
        } catch (IOException e) {
            throw badInput("Tried to read the keyring " + file + ", but " + reason(e))
                    .because(e);
        }
    }

    private static String reason(IOException e) {
        return e instanceof NoSuchFileException ? "there is no such file" : e.getMessage();
    }

    private Downloader downloader() {
        return offline ? Downloader.offline() : Downloader.create(System.getenv());
    }
}
