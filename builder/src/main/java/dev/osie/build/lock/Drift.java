package dev.osie.build.lock;

import dev.osie.build.platform.Architecture;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * One thing in which a lock and what is asked of it differ.
 *
 * @param kind of the difference
 * @param name of a set of packages, an image, or a part of the builder
 * @param architecture that it is about; empty when it is about none
 * @param detail a few words, or none
 */
public record Drift(Kind kind, String name, Optional<Architecture> architecture, String detail) {
    /** How a lock can differ from what is asked of it. */
    public enum Kind {
        MISSING,
        CHANGED,
        UNNEEDED
    }

    /** What a build would find wrong: what the lock lacks, and what it has for other packages than are wanted now. */
    public static List<Drift> lacking(Lock lock, LockRequest request) {
        List<Drift> drifts = new ArrayList<>();
        Architecture architecture = request.architecture();
        for (PackageSet wanted : request.sets()) {
            Optional<LockedSet> locked = lock.set(architecture, wanted.name());
            if (locked.isEmpty()) {
                drifts.add(of(Kind.MISSING, wanted.name(), architecture, "no packages are locked for it"));
            } else if (!locked.get().request().equals(wanted)) {
                drifts.add(of(
                        Kind.CHANGED,
                        wanted.name(),
                        architecture,
                        wanted.differenceTo(locked.get().request())));
            }
        }
        for (String image : request.images()) {
            if (lock.image(image, architecture).isEmpty()) {
                drifts.add(of(Kind.MISSING, image, architecture, "no image is locked for it"));
            }
        }
        return drifts;
    }

    /** What the lock has for the architectures of requests and none of them asks for. */
    public static List<Drift> unneeded(Lock lock, Collection<LockRequest> requests) {
        List<Drift> drifts = new ArrayList<>();
        SortedSet<Architecture> architectures = new TreeSet<>();
        requests.forEach(request -> architectures.add(request.architecture()));
        for (Architecture architecture : architectures) {
            for (String set : lock.setsOf(architecture).keySet()) {
                if (requests.stream().noneMatch(request -> request.wants(architecture, set))) {
                    drifts.add(of(Kind.UNNEEDED, set, architecture, "nobody asks for its packages"));
                }
            }
        }
        for (String image : lock.images().keySet()) {
            if (requests.stream().noneMatch(request -> request.images().contains(image))) {
                drifts.add(new Drift(Kind.UNNEEDED, image, Optional.empty(), "nobody asks for this image"));
            }
        }
        return drifts;
    }

    /** In what the program that made the lock would make other bytes than this one. */
    public static List<Drift> ofBuilder(Lock lock, SortedMap<String, String> builder) {
        SortedSet<String> names = new TreeSet<>(builder.keySet());
        names.addAll(lock.builder().keySet());
        List<Drift> drifts = new ArrayList<>();
        for (String name : names) {
            String locked = lock.builder().getOrDefault(name, "none");
            String own = builder.getOrDefault(name, "none");
            if (!locked.equals(own)) {
                drifts.add(new Drift(
                        Kind.CHANGED, name, Optional.empty(), "the lock was made with " + locked + ", this is " + own));
            }
        }
        return drifts;
    }

    private static Drift of(Kind kind, String name, Architecture architecture, String detail) {
        return new Drift(kind, name, Optional.of(architecture), detail);
    }

    /** {@code docker (x86_64): its packages are now with crun, without runc}. */
    public String describe() {
        return name + architecture.map(found -> " (" + found + ")").orElse("") + ": " + detail;
    }
}
