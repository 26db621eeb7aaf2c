package dev.osie.build.assemble;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.failure.BuildException;
import dev.osie.build.lock.Lock;
import dev.osie.build.lock.LockFile;
import dev.osie.build.lock.PackageRequest;
import dev.osie.build.progress.Progress;
import java.nio.file.Files;
import java.nio.file.Path;

/** With a lock, exactly what it says; without one, what the suites have today, which then becomes the lock. */
final class LockPolicy {
    private final Path file;
    private final DebianSupply supply;
    private final Progress progress;

    LockPolicy(Path file, DebianSupply supply, Progress progress) {
        this.file = file;
        this.supply = supply;
        this.progress = progress;
    }

    /** The lock in the file, or a new one. */
    Lock obtain(PackageRequest request) {
        if (!Files.exists(file)) {
            progress.info("no lock: resolving what the suites have today");
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
    Lock renew(PackageRequest request) {
        Lock lock = supply.resolve(request);
        LockFile.write(file, lock);
        progress.info(
                "  lock       " + lock.packages().size() + " packages of " + lock.date() + ", written to " + file);
        return lock;
    }
}
