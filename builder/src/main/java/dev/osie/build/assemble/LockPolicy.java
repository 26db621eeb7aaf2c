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

/** With a lock, exactly what it says; without one, what the suites have today, which then becomes the lock. */
final class LockPolicy {
    private final Path file;
    private final DebianSupply supply;
    private final ImageSupply images;
    private final Offline offline;
    private final Progress progress;

    LockPolicy(Path file, DebianSupply supply, ImageSupply images, Offline offline, Progress progress) {
        this.file = file;
        this.offline = offline;
        this.supply = supply;
        this.images = images;
        this.progress = progress;
    }

    /** The lock in the file, or a new one. */
    Lock obtain(LockRequest request) {
        if (!Files.exists(file)) {
            progress.info("no lock: resolving what " + offline.choose("the store knows", "there is today"));
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
        offline.require("There is no lock yet, and the store lacks", () -> missing(request));
        SortedMap<String, LockedImage> found = images.resolve(request.images());
        Lock lock = request.sets().isEmpty()
                ? Lock.ofImages(found)
                : supply.resolve(request).withImages(found);
        LockFile.write(file, lock);
        progress.info("  lock       " + contents(lock) + ", written to " + file);
        return lock;
    }

    private List<String> missing(LockRequest request) {
        List<String> missing = new ArrayList<>();
        if (!request.sets().isEmpty()) {
            missing.addAll(supply.missingIndexes(request.architecture()));
        }
        request.images().forEach(name -> missing.add("what " + name + " means, which its registry knows"));
        return missing;
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
