package dev.osie.build.lock;

import dev.osie.build.debian.Archive;
import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Digest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What changed from one lock to another.
 *
 * @param changes sorted by kind and name
 * @param bytesBefore size of all packages of the earlier lock
 * @param bytesAfter size of all packages of the later lock
 */
public record LockDifference(List<Change> changes, long bytesBefore, long bytesAfter) {
    /** What a change is about. */
    public enum Kind {
        BUILDER,
        SUITE,
        SET,
        PACKAGE,
        IMAGE
    }

    /**
     * Something that is another now, was added, or was removed.
     *
     * @param architectures Debian's names of those it is about, none when it is about all that the locks have it for
     * @param from what it was; empty when it was added
     * @param to what it is; empty when it was removed
     * @param archive of a package
     */
    public record Change(
            Kind kind,
            String name,
            SortedSet<String> architectures,
            Optional<String> from,
            Optional<String> to,
            Optional<Archive> archive) {}

    public LockDifference {
        changes = List.copyOf(changes);
    }

    public static LockDifference between(Lock before, Lock after) {
        List<Change> changes = new ArrayList<>();
        changes.addAll(changes(Kind.BUILDER, builder(before), builder(after)));
        changes.addAll(changes(Kind.SUITE, suites(before), suites(after)));
        changes.addAll(changes(Kind.SET, sets(before), sets(after)));
        changes.addAll(changes(Kind.PACKAGE, packages(before), packages(after)));
        changes.addAll(changes(Kind.IMAGE, images(before), images(after)));
        return new LockDifference(changes, bytes(before), bytes(after));
    }

    public boolean isEmpty() {
        return changes.isEmpty();
    }

    /** Values by name and architecture. */
    private record Key(String name, String architecture) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int order = name.compareTo(other.name);
            return order != 0 ? order : architecture.compareTo(other.architecture);
        }
    }

    /**
     * A value that is compared.
     *
     * @param shown what people and programs read
     * @param identity what must be equal: the same version may have another content
     */
    private record Value(String shown, Object identity, Optional<Archive> archive) {
        Value(String shown, Object identity) {
            this(shown, identity, Optional.empty());
        }
    }

    /** What can happen to several architectures alike. */
    private record Same(String name, Optional<String> from, Optional<String> to, Optional<Archive> archive) {}

    /** What changed in the same way for several architectures is one change. */
    private static List<Change> changes(Kind kind, SortedMap<Key, Value> before, SortedMap<Key, Value> after) {
        SortedSet<Key> keys = new TreeSet<>(before.keySet());
        keys.addAll(after.keySet());
        Map<Same, SortedSet<String>> same = new LinkedHashMap<>();
        for (Key key : keys) {
            Optional<Value> from = Optional.ofNullable(before.get(key));
            Optional<Value> to = Optional.ofNullable(after.get(key));
            if (!from.map(Value::identity).equals(to.map(Value::identity))) {
                Optional<Archive> archive = to.or(() -> from).flatMap(Value::archive);
                same.computeIfAbsent(
                                new Same(key.name(), from.map(Value::shown), to.map(Value::shown), archive),
                                any -> new TreeSet<>())
                        .add(key.architecture());
            }
        }
        List<Change> changes = new ArrayList<>();
        same.forEach((what, architectures) -> {
            long all =
                    keys.stream().filter(key -> key.name().equals(what.name())).count();
            SortedSet<String> named = all == architectures.size() ? new TreeSet<>() : architectures;
            changes.add(new Change(kind, what.name(), named, what.from(), what.to(), what.archive()));
        });
        return changes;
    }

    private static SortedMap<Key, Value> builder(Lock lock) {
        SortedMap<Key, Value> values = new TreeMap<>();
        lock.builder().forEach((name, version) -> values.put(new Key(name, ""), new Value(version, version)));
        return values;
    }

    private static SortedMap<Key, Value> suites(Lock lock) {
        SortedMap<Key, Value> values = new TreeMap<>();
        for (LockedSuite suite : lock.suites()) {
            values.put(new Key(suite.name(), ""), new Value(suite.date().toString(), suite));
        }
        return values;
    }

    private static SortedMap<Key, Value> sets(Lock lock) {
        SortedMap<Key, Value> values = new TreeMap<>();
        lock.sets()
                .forEach((architecture, sets) -> sets.forEach((name, set) ->
                        values.put(new Key(name, architecture.debianName()), new Value(shown(set), set.request()))));
        return values;
    }

    private static String shown(LockedSet set) {
        String exclude = set.request().exclude().isEmpty()
                ? ""
                : ", without " + String.join(", ", set.request().exclude());
        return set.request().wanted().isEmpty()
                ? "no packages"
                : String.join(", ", set.request().wanted())
                        + set.request().suite().map(suite -> " from " + suite).orElse("")
                        + exclude;
    }

    private static SortedMap<Key, Value> packages(Lock lock) {
        SortedMap<Key, Value> values = new TreeMap<>();
        for (BinaryPackage binary : lock.packages()) {
            values.put(
                    new Key(shown(binary), binary.architecture()),
                    new Value(binary.version().text(), binary, Optional.of(binary.archive())));
        }
        return values;
    }

    /** As apt names a package of a suite. */
    private static String shown(BinaryPackage binary) {
        return binary.name() + binary.suite().map(suite -> "/" + suite).orElse("");
    }

    private static SortedMap<Key, Value> images(Lock lock) {
        SortedMap<Key, Value> values = new TreeMap<>();
        for (LockedImage image : lock.images().values()) {
            for (Map.Entry<Architecture, Digest> manifest : image.manifests().entrySet()) {
                Digest shown = image.index().orElse(manifest.getValue());
                values.put(
                        new Key(image.name(), manifest.getKey().debianName()),
                        new Value(shown.toString(), List.of(shown, manifest.getValue())));
            }
        }
        return values;
    }

    private static long bytes(Lock lock) {
        return lock.packages().stream().mapToLong(binary -> binary.deb().size()).sum();
    }
}
