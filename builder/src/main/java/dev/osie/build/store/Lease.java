package dev.osie.build.store;

import static dev.osie.build.failure.BuildException.unavailable;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * The right to use a store. Everyone who builds shares it; who removes what isn't used any more has it alone, and so takes nothing away that
 * a build has just found. It is a lock on the file {@code lease} of the store: the system releases it when a process ends, however it ends.
 */
public final class Lease implements AutoCloseable {
    /** A file lock holds between processes, and none of them may lock a file twice: between the users in this one there is a count. */
    private static final Map<Path, Held> HELD = new HashMap<>();

    private final Path file;

    private Lease(Path file) {
        this.file = file;
    }

    private static final class Held {
        private final FileChannel channel;
        private int users = 1;

        Held(FileChannel channel) {
            this.channel = channel;
        }
    }

    /**
     * A share in the use of a store.
     *
     * @param waiting is run before waiting for somebody who has it alone, who is done in a few seconds
     */
    public static Lease shared(Store store, Runnable waiting) {
        Path file = file(store);
        synchronized (HELD) {
            Held held = HELD.get(file);
            if (held != null) {
                held.users++;
            } else {
                HELD.put(file, new Held(lock(file, true, waiting)));
            }
        }
        return new Lease(file);
    }

    /**
     * The store for oneself, once nobody else uses it. No other lease may be held in this process.
     *
     * @param waiting is run before waiting for others
     */
    public static Lease exclusive(Store store, Runnable waiting) {
        Path file = file(store);
        synchronized (HELD) {
            if (HELD.containsKey(file)) {
                throw new IllegalStateException("this process uses the store itself");
            }
            HELD.put(file, new Held(lock(file, false, waiting)));
        }
        return new Lease(file);
    }

    private static Path file(Store store) {
        return store.root().resolve("lease");
    }

    private static FileChannel lock(Path file, boolean shared, Runnable waiting) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock(0, Long.MAX_VALUE, shared);
            if (lock == null) {
                waiting.run();
                channel.lock(0, Long.MAX_VALUE, shared);
            }
            return channel; // the lock is released with it
        } catch (IOException e) {
            close(channel);
            throw unavailable("Tried to lock " + file + ", but " + e.getMessage())
                    .hint(
                            "Perhaps the file system has no locks: choose another place with --cache DIR or XDG_CACHE_HOME.")
                    .because(e);
        }
    }

    private static void close(FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException ignored) {
                // The system releases what this process doesn't.
            }
        }
    }

    @Override
    public void close() {
        synchronized (HELD) {
            Held held = HELD.get(file);
            if (held != null && --held.users == 0) {
                HELD.remove(file);
                close(held.channel);
            }
        }
    }
}
