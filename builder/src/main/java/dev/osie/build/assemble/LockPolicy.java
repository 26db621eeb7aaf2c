package dev.osie.build.assemble;

import static dev.osie.build.failure.BuildException.badInput;
import static dev.osie.build.failure.BuildException.unavailable;
import static dev.osie.build.failure.BuildException.verification;

import dev.osie.build.lock.Drift;
import dev.osie.build.lock.Lock;
import dev.osie.build.lock.LockFile;
import dev.osie.build.lock.LockRequest;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import java.util.List;
import java.util.stream.Collectors;

/** With a lock, exactly what it says; without one, what the suites have today, which then becomes the lock. */
final class LockPolicy {
    private final LockNeeds needs;
    private final DebianSupply supply;
    private final Offline offline;
    private final Progress progress;

    LockPolicy(LockNeeds needs, DebianSupply supply, Offline offline, Progress progress) {
        this.needs = needs;
        this.supply = supply;
        this.offline = offline;
        this.progress = progress;
    }

    /** The lock in the file, or a new one; one that asks for nothing when nothing needs it. */
    Lock obtain() {
        boolean empty = needs.wanted().isEmpty();
        if (empty && needs.tagged().isEmpty()) {
            return Lock.EMPTY;
        }
        return LockFile.find(needs.file()).map(this::checked).orElseGet(() -> empty ? Lock.EMPTY : create());
    }

    private Lock create() {
        progress.info("no lock: resolving what " + offline.choose("the store knows", "there is today"));
        offline.require(Offline.NO_LOCK, () -> needs.missing(supply));
        LockFile.requireWritable(needs.file());
        Lock lock = new LockMaker(supply).make(Lock.EMPTY, List.of(needs)).lock();
        if (!LockFile.create(needs.file(), lock)) {
            // Somebody else was faster. What is built has to be what stands there.
            return LockFile.find(needs.file())
                    .map(this::checked)
                    .orElseThrow(() -> unavailable(needs.file() + " was there a moment ago, and is gone."));
        }
        progress.info("  lock       " + LockMaker.contents(lock) + ", written to " + needs.file());
        return lock;
    }

    private Lock checked(Lock lock) {
        LockRequest wanted = needs.of(lock);
        List<Drift> lacking = Drift.lacking(lock, wanted);
        if (!lacking.isEmpty() && !lock.architectures().contains(needs.architecture())) {
            String others =
                    lock.architectures().stream().map(Architecture::toString).collect(Collectors.joining(", "));
            throw badInput(needs.file() + " has nothing for " + needs.architecture()
                            + (others.isEmpty() ? "." : ", only for " + others + "."))
                    .hint(needs.commands().advice("it") + needs.commands().withArchitecture());
        }
        if (!lacking.isEmpty()) {
            throw badInput(needs.file() + " is not the lock of what is to be built. " + described(lacking) + ".")
                    .hint(needs.commands().advice("what it lacks")
                            + needs.commands().here());
        }
        List<Drift> builder = Drift.ofBuilder(lock, BuilderVersions.own());
        if (!builder.isEmpty()) {
            throw verification("This osie-build may make other bytes than " + needs.file() + " stands for. "
                            + described(builder) + ".")
                    .hint("Build with the osie-build that made the lock, or have the lock stand for this one: "
                            + needs.commands().here());
        }
        return lock;
    }

    private static String described(List<Drift> drifts) {
        return drifts.stream().map(Drift::describe).collect(Collectors.joining("; "));
    }
}
