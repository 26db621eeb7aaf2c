package dev.osie.build.lock;

import static dev.osie.build.failure.BuildException.badInput;
import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.debian.Archive;
import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.DebianVersion;
import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlNode;
import dev.osie.build.yaml.YamlReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
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

/** Reads and writes {@code osie.lock}. The reader is strict: a lock that was edited into something else is an error, not a guess. */
public final class LockFile {
    private LockFile() {}

    /**
     * Reads a lock.
     *
     * @throws BuildException {@code BAD_INPUT} with every problem and its line, {@code VERIFICATION} when it isn't as it was written
     */
    public static Lock read(Path file) {
        try {
            LockSum.require(file.toString(), Files.readString(file));
        } catch (IOException e) {
            // The reader says what is wrong with the file.
        }
        return parse(YamlReader.read(file));
    }

    /**
     * Reads a lock from its text.
     *
     * @param document what to call the text in messages
     */
    public static Lock read(String document, String text) {
        return parse(YamlReader.read(document, text));
    }

    /** Writes a lock in the place of an earlier one, at once: nobody sees a half of it. */
    public static void write(Path file, Lock lock) {
        Path target = file.toAbsolutePath();
        long process = ProcessHandle.current().pid();
        Path draft = target.resolveSibling("." + target.getFileName() + "." + process + ".new");
        try {
            try (FileChannel channel = FileChannel.open(
                    draft, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                ByteBuffer text =
                        ByteBuffer.wrap(LockSum.added(LockWriter.text(lock)).getBytes(StandardCharsets.UTF_8));
                while (text.hasRemaining()) {
                    channel.write(text);
                }
                channel.force(true);
            }
            move(draft, target);
        } catch (IOException e) {
            throw unavailable("Tried to write " + file + ", but it cannot be written: " + e.getMessage())
                    .because(e);
        } finally {
            discard(draft);
        }
    }

    private static void move(Path draft, Path target) throws IOException {
        try {
            Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void discard(Path draft) {
        try {
            Files.deleteIfExists(draft);
        } catch (IOException ignored) {
            // A hidden file beside the lock harms nobody.
        }
    }

    private static Lock parse(YamlNode document) {
        Problems problems = new Problems();
        Fields fields = Fields.of(document, "the lock", problems);
        requireVersion(fields);
        List<LockedSuite> suites = fields.items("suites", node -> suite(node, problems));
        List<BinaryPackage> packages = fields.items("packages", node -> binary(node, problems));
        SortedMap<Architecture, SortedMap<String, LockedSet>> sets = sets(fields, problems);
        SortedMap<String, LockedImage> images = images(fields, problems);
        fields.finish();
        problems.throwIfAny();
        try {
            return new Lock(suites, new TreeSet<>(packages), sets, images);
        } catch (BuildException e) {
            throw Problems.failure(document.position(), e.getMessage())
                    .hint("Perhaps renew the lock: osie-build lock")
                    .because(e);
        }
    }

    /** A lock of another version may mean something else by the same words, so nothing more is read from it. */
    private static void requireVersion(Fields fields) {
        Optional<YamlNode> version = fields.requiredNode("version");
        version.ifPresent(node -> {
            if (fields.integer("version").orElse(LockWriter.VERSION) != LockWriter.VERSION) {
                throw Problems.failure(
                                node.position(),
                                "the lock is of version "
                                        + fields.integer("version").getAsLong() + ", and this program reads version "
                                        + LockWriter.VERSION)
                        .hint("Perhaps renew the lock: osie-build lock");
            }
        });
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
                        new Blob(Digest.parse(digest), size)));
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
            return new LockedImage(name, manifests);
        });
    }

    private static Optional<LockedSet> set(YamlNode node, Problems problems) {
        Fields fields = Fields.of(node, "a set of packages", problems);
        String name = fields.requiredText("name");
        TreeSet<String> wanted = new TreeSet<>(fields.texts("wanted"));
        TreeSet<String> exclude = new TreeSet<>(fields.texts("exclude"));
        boolean follow = fields.bool("dependencies").orElse(true);
        TreeSet<String> packages = new TreeSet<>(fields.texts("packages"));
        fields.finish();
        PackageSet.Dependencies dependencies = follow ? PackageSet.Dependencies.FOLLOW : PackageSet.Dependencies.IGNORE;
        return made(node, problems, () -> new LockedSet(new PackageSet(name, wanted, exclude, dependencies), packages));
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
