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
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;

/** With a lock, exactly what it says; without one, what the suites have today, which then becomes the lock. */
final class LockPolicy {
    private final Path file;
    private final DebianSupply supply;
    private final ImageResolver images;
    private final Progress progress;

    /** Finds out what the names of images mean today. */
    interface ImageResolver {
        SortedMap<String, LockedImage> resolve(Collection<String> names);
    }

    LockPolicy(Path file, DebianSupply supply, ImageResolver images, Progress progress) {
        this.file = file;
        this.supply = supply;
        this.images = images;
        this.progress = progress;
    }

    /** The lock in the file, or a new one. */
    Lock obtain(LockRequest request) {
        if (!Files.exists(file)) {
            progress.info("no lock: resolving what there is today");
            return renew(request);
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

    /** A new lock in the place of the file. */
    Lock renew(LockRequest request) {
        SortedMap<String, LockedImage> found = images.resolve(request.images());
        Lock lock = request.sets().isEmpty()
                ? Lock.ofImages(found)
                : supply.resolve(request).withImages(found);
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
