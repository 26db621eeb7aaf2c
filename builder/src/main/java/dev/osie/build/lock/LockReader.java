package dev.osie.build.lock;

import static dev.osie.build.failure.BuildException.badInput;
import static dev.osie.build.failure.BuildException.verification;

import dev.osie.build.debian.Archive;
import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.DebianVersion;
import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlNode;
import dev.osie.build.yaml.YamlReader;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Reads the text of a lock, strictly: one that was edited into something else is an error, not a guess. */
final class LockReader {
    private static final String REMEDY =
            "Perhaps take it from git again; or delete it, and make a new one: osie-build lock";

    private LockReader() {}

    static Lock read(String document, String text) {
        requireNoConflict(document, text);
        YamlNode root = YamlReader.read(document, text);
        Problems problems = new Problems();
        Fields fields = Fields.of(root, "the lock", problems);
        requireVersion(fields);
        Map<String, String> builder =
                fields.fields("builder").map(LockReader::builder).orElse(Map.of());
        List<LockedSuite> suites = fields.items("suites", node -> suite(node, problems));
        List<BinaryPackage> packages = fields.items("packages", node -> binary(node, problems));
        SortedMap<Architecture, SortedMap<String, LockedSet>> sets = sets(fields, problems);
        SortedMap<String, LockedImage> images = images(fields, problems);
        String check = fields.requiredText("check");
        fields.finish();
        problems.throwIfAny();
        try {
            Lock lock = new Lock(new TreeMap<>(builder), suites, new TreeSet<>(packages), sets, images);
            requireUntouched(document, lock, check);
            return lock;
        } catch (BuildException e) {
            if (e.kind() != BuildException.Kind.BAD_INPUT) {
                throw e;
            }
            throw Problems.failure(root.position(), e.getMessage()).hint(REMEDY).because(e);
        }
    }

    private static void requireNoConflict(String document, String text) {
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (line.startsWith("<<<<<<<") || line.startsWith(">>>>>>>")) {
                throw Problems.failure(
                                new Position(document, number, 1),
                                "git could not merge two versions of the lock, and left both here")
                        .hint("Take one of them, and let osie-build add what it lacks: git checkout --ours " + document
                                + " && osie-build lock");
            }
        }
    }

    /** A lock of another version may mean something else by the same words, so nothing more is read from it. */
    private static void requireVersion(Fields fields) {
        fields.requiredNode("version").ifPresent(node -> {
            long version = fields.integer("version").orElse(LockWriter.VERSION);
            if (version > LockWriter.VERSION) {
                throw Problems.failure(
                                node.position(),
                                "the lock is of version " + version
                                        + ", made by a newer osie-build: this one reads version " + LockWriter.VERSION)
                        .hint("Perhaps update osie-build.");
            }
            if (version < LockWriter.VERSION) {
                throw Problems.failure(
                                node.position(),
                                "the lock is of version " + version
                                        + ", made by an earlier osie-build: this one reads version "
                                        + LockWriter.VERSION)
                        .hint("Perhaps delete it, and make a new one: osie-build lock");
            }
        });
    }

    /** Dates, and what belongs to a set, can be compared with nothing else, so all of the lock has a digest. */
    private static void requireUntouched(String document, Lock lock, String check) {
        String expected = LockWriter.check(lock);
        if (!check.equals(expected)) {
            throw verification(document + " is not as osie-build wrote it: its content has the check " + expected
                            + ", and it says " + check + ".")
                    .hint("Perhaps take it from git again; or delete it, and make a new one: osie-build lock");
        }
    }

    private static Map<String, String> builder(Fields fields) {
        Map<String, String> builder = new TreeMap<>();
        for (YamlNode.Scalar key : fields.keys()) {
            fields.text(key.text()).ifPresent(value -> builder.put(key.text(), value));
        }
        return builder;
    }

    private static Optional<LockedSuite> suite(YamlNode node, Problems problems) {
        Fields fields = Fields.of(node, "a suite", problems);
        String archive = fields.requiredText("archive");
        String name = fields.requiredText("suite");
        String date = fields.requiredText("date");
        String inRelease = fields.requiredText("inrelease");
        fields.finish();
        return made(
                node,
                problems,
                () -> new LockedSuite(Archive.parse(archive), name, instant(date), Digest.parse(inRelease)));
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw badInput("'" + text + "' is not a time such as \"2026-11-21T09:15:44Z\"")
                    .because(e);
        }
    }

    private static Optional<BinaryPackage> binary(YamlNode node, Problems problems) {
        Fields fields = Fields.of(node, "a package", problems);
        String name = fields.requiredText("name");
        String version = fields.requiredText("version");
        String architecture = fields.requiredText("architecture");
        String archive = fields.requiredText("archive");
        Optional<String> from = fields.text("suite");
        String path = fields.requiredText("path");
        fields.requiredNode("size");
        long size = fields.integer("size").orElse(0);
        String digest = fields.requiredText("digest");
        fields.finish();
        return made(
                node,
                problems,
                () -> new BinaryPackage(
                        name,
                        new DebianVersion(version),
                        architecture,
                        Archive.parse(archive),
                        path,
                        new Blob(Digest.parse(digest), size),
                        from));
    }

    private static SortedMap<Architecture, SortedMap<String, LockedSet>> sets(Fields lock, Problems problems) {
        SortedMap<Architecture, SortedMap<String, LockedSet>> sets = new TreeMap<>();
        lock.fields("sets").ifPresent(fields -> {
            for (Architecture architecture : Architecture.values()) {
                SortedMap<String, LockedSet> named = new TreeMap<>();
                for (LockedSet set : fields.items(architecture.toString(), node -> set(node, problems))) {
                    if (named.put(set.request().name(), set) != null) {
                        problems.add(
                                fields.position(),
                                "the set '" + set.request().name() + "' of " + architecture + " is there twice");
                    }
                }
                if (!named.isEmpty()) {
                    sets.put(architecture, named);
                }
            }
            fields.finish();
        });
        return sets;
    }

    private static SortedMap<String, LockedImage> images(Fields lock, Problems problems) {
        SortedMap<String, LockedImage> images = new TreeMap<>();
        for (LockedImage image : lock.items("images", node -> image(node, problems))) {
            if (images.put(image.name(), image) != null) {
                problems.add(lock.position(), "the image '" + image.name() + "' is there twice");
            }
        }
        return images;
    }

    private static Optional<LockedImage> image(YamlNode node, Problems problems) {
        Fields fields = Fields.of(node, "an image", problems);
        String name = fields.requiredText("name");
        Optional<String> from = fields.text("from");
        Optional<String> index = fields.text("index");
        Map<Architecture, String> digests = new EnumMap<>(Architecture.class);
        fields.fields("manifests").ifPresent(manifests -> {
            for (Architecture architecture : Architecture.values()) {
                manifests.text(architecture.toString()).ifPresent(digest -> digests.put(architecture, digest));
            }
            manifests.finish();
        });
        fields.finish();
        return made(node, problems, () -> {
            SortedMap<Architecture, Digest> manifests = new TreeMap<>();
            digests.forEach((architecture, digest) -> manifests.put(architecture, Digest.parse(digest)));
            return new LockedImage(name, index.map(Digest::parse), manifests, from);
        });
    }

    private static Optional<LockedSet> set(YamlNode node, Problems problems) {
        Fields fields = Fields.of(node, "a set of packages", problems);
        String name = fields.requiredText("name");
        TreeSet<String> wanted = new TreeSet<>(fields.texts("wanted"));
        TreeSet<String> exclude = new TreeSet<>(fields.texts("exclude"));
        Optional<String> suite = fields.text("suite");
        boolean follow = fields.bool("dependencies").orElse(true);
        TreeSet<String> packages = new TreeSet<>(fields.texts("packages"));
        fields.finish();
        PackageSet.Dependencies dependencies = follow ? PackageSet.Dependencies.FOLLOW : PackageSet.Dependencies.IGNORE;
        return made(
                node,
                problems,
                () -> new LockedSet(new PackageSet(name, wanted, exclude, dependencies, suite), packages));
    }

    /** Makes a value, and reports what it refuses at the place it was read from. Nothing is made of what is known to be wrong. */
    private static <T> Optional<T> made(YamlNode node, Problems problems, Supplier<T> maker) {
        if (!problems.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(maker.get());
        } catch (BuildException e) {
            problems.add(node.position(), e.getMessage());
            return Optional.empty();
        }
    }
}
