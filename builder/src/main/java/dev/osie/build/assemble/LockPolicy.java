package dev.osie.build.assemble;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.failure.BuildException;
import dev.osie.build.lock.Lock;
import dev.osie.build.lock.LockFile;
import dev.osie.build.lock.LockRequest;
import dev.osie.build.lock.LockedImage;
import dev.osie.build.progress.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** With a lock, exactly what it says; without one, what the suites have today, which then becomes the lock. */
final class LockPolicy {
    private final Path file;
    private final DebianSupply supply;
    private final ImageSupply images;
    private final Progress progress;

    LockPolicy(Path file, DebianSupply supply, ImageSupply images, Progress progress) {
        this.file = file;
        this.supply = supply;
        this.images = images;
        this.progress = progress;
    }

    /** The lock in the file, or a new one. */
    Lock obtain(LockRequest request) {
        if (!Files.exists(file)) {
            progress.info("no lock: resolving what there is today");
            return renew(List.of(new Wanted(request, images)));
        }
        Lock lock = LockFile.read(file);
        try {
            lock.requireCovers(request);
        } catch (BuildException e) {
            throw badInput(file + ": " + e.getMessage())
                    .hint(e.hint().orElse(""))
                    .because(e);
        }
        return lock;
    }

    /**
     * What a lock is to hold for an architecture.
     *
     * @param images knows what their names mean there
     */
    record Wanted(LockRequest request, ImageSupply images) {}

    /** A new lock in the place of the file, for each of several architectures. */
    Lock renew(List<Wanted> all) {
        SortedMap<String, LockedImage> found = new TreeMap<>();
        all.forEach(wanted -> wanted.images()
                .resolve(wanted.request().images())
                .forEach((name, image) -> found.merge(name, image, LockedImage::and)));
        List<LockRequest> packages = all.stream()
                .map(Wanted::request)
                .filter(request -> !request.sets().isEmpty())
                .toList();
        Lock lock = packages.isEmpty()
                ? Lock.ofImages(found)
                : supply.resolve(packages).withImages(found);
        LockFile.write(file, lock);
        progress.info("  lock       " + contents(lock) + ", written to " + file);
        return lock;
    }

    private static String contents(Lock lock) {
        List<String> contents = new ArrayList<>();
        if (!lock.packages().isEmpty()) {
            contents.add(lock.packages().size() + " packages of " + lock.date());
        }
        if (!lock.images().isEmpty()) {
            contents.add(lock.images().size() + (lock.images().size() == 1 ? " image" : " images"));
        }
        return String.join(", ", contents);
    }
}
