package dev.osie.build.assemble;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.DebReader;
import dev.osie.build.debian.Downloader;
import dev.osie.build.debian.Keyring;
import dev.osie.build.debian.Mirrors;
import dev.osie.build.debian.PackageFetcher;
import dev.osie.build.debian.Suite;
import dev.osie.build.debian.SuiteReader;
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
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Debian's archives over the network: what the suites have now, and packages by digest. */
final class DebianSupply {
    private final DebianPlaces places;
    private final LockCommandLine commands;
    private final Instant lockDate;
    private final boolean offline;
    private final Store store;
    private final Progress progress;

    /**
     * Archives as a user names them.
     *
     * @param commands by which the lock is made
     * @param lockDate the date of the lock whose packages are fetched
     * @param offline whether there is nothing but what the store has
     */
    DebianSupply(
            DebianPlaces places,
            LockCommandLine commands,
            Instant lockDate,
            boolean offline,
            Store store,
            Progress progress) {
        this.places = places;
        this.commands = commands;
        this.lockDate = lockDate;
        this.offline = offline;
        this.store = store;
        this.progress = progress;
    }

    /** Resolves against what the suites have today; offline, against what they had when the store got their indexes. */
    Locker locker() {
        return new Locker(reader(), Suite.DEFAULT, this::control, progress);
    }

    /**
     * What the store lacks for resolving offline, in words.
     *
     * @param named suites besides those that everything is taken from
     */
    List<String> missingIndexes(Architecture architecture, Collection<Suite> named) {
        List<Suite> suites = new ArrayList<>(Suite.DEFAULT);
        suites.addAll(named);
        return reader().missing(suites, architecture);
    }

    private SuiteReader reader() {
        Clock clock = Clock.systemUTC();
        return new SuiteReader(
                mirrors().find(places.mirror(), Optional.empty()),
                places.keyring().map(file -> read(file, clock)).orElseGet(() -> Keyring.debian(clock)),
                downloader(),
                store,
                clock);
    }

    private byte[] control(BinaryPackage binary) {
        fetch(List.of(binary));
        return DebReader.control(store, binary);
    }

    /** Makes sure that the store holds packages of the lock. */
    void fetch(Collection<BinaryPackage> packages) {
        if (packages.stream().allMatch(binary -> store.contains(binary.deb()))) {
            return; // and leave the HTTP client's many classes unloaded
        }
        Mirrors mirrors = mirrors();
        new PackageFetcher(
                        mirrors.find(places.mirror(), Optional.of(lockDate)),
                        mirrors.fallback(Optional.of(lockDate)),
                        downloader(),
                        store,
                        progress,
                        commands.here())
                .fetch(packages);
    }

    private Mirrors mirrors() {
        return Mirrors.ofHost(places.snapshot());
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
