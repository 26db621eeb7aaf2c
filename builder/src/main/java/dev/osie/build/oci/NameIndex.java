package dev.osie.build.oci;

import static dev.osie.build.failure.BuildException.badInput;
import static dev.osie.build.failure.BuildException.unavailable;
import static dev.osie.build.failure.BuildException.verification;

import com.fasterxml.jackson.databind.JsonNode;
import dev.osie.build.failure.BuildException;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * The file {@code index.json} of a store, which names images (OCI image specification, "Image Layout"). Several processes may change it at
 * once.
 */
final class NameIndex {
    private static final String SUM = "dev.osie.build.sum";
    private static final Comparator<Descriptor> BY_NAME = Comparator.comparing(
                    (Descriptor descriptor) -> descriptor.annotations().getOrDefault(Layout.REF_NAME, ""))
            .thenComparing(NameIndex::platformOf)
            .thenComparing(Descriptor::digest);
    /** A file lock holds between processes; between the threads of this one there is this. */
    private static final Object INDEX_LOCK = new Object();

    private final Store store;
    private final Path marker;
    private final Path index;
    private final Path lock;

    NameIndex(Store store) {
        this.store = store;
        this.marker = store.root().resolve("oci-layout");
        this.index = store.root().resolve("index.json");
        this.lock = store.root().resolve("index.lock");
    }

    /** Gives a manifest its name, which its annotations say; an earlier one of that name and platform loses it. */
    void add(Descriptor named) {
        String name = named.annotations().get(Layout.REF_NAME);
        Descriptor summed = named.withAnnotation(SUM, sum(named));
        change("name the image " + name, manifests -> {
            manifests.removeIf(other -> name.equals(other.annotations().get(Layout.REF_NAME))
                    && platformOf(other).equals(platformOf(named)));
            manifests.add(summed);
        });
    }

    void remove(Collection<Descriptor> gone) {
        change("remove names", manifests -> manifests.removeAll(gone));
    }

    /** Removes all names, also when they cannot be read. */
    void clear() {
        try {
            Files.deleteIfExists(index);
        } catch (IOException e) {
            throw unavailable("Tried to remove " + index + ", but " + e.getMessage())
                    .because(e);
        }
    }

    private static String platformOf(Descriptor manifest) {
        return manifest.platform().map(Platform::describe).orElse("");
    }

    /** Changes the index; nothing is written when it stays the same. */
    private void change(String what, Consumer<List<Descriptor>> change) {
        synchronized (INDEX_LOCK) {
            try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                channel.lock(); // released with the channel
                replaceIfDifferent(marker, Layout.VERSION);
                List<Descriptor> manifests = new ArrayList<>(read());
                change.accept(manifests);
                replaceIfDifferent(index, toBytes(manifests));
            } catch (IOException e) {
                throw unavailable("Tried to " + what + " in " + index + ", but " + e.getMessage())
                        .because(e);
            }
        }
    }

    private void replaceIfDifferent(Path file, byte[] content) throws IOException {
        if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), content)) {
            store.replace(file, content);
        }
    }

    /** All named manifests, sorted by name. */
    List<Descriptor> read() {
        try {
            return parse(Files.readAllBytes(index));
        } catch (BuildException e) {
            throw verification(index + ", which names the images of the store, was altered: " + e.getMessage())
                    .hint(
                            "osie-build cache verify removes the names. A build names its images anew; others have to be imported again.")
                    .because(e);
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw unavailable("Tried to read " + index + ", but " + e.getMessage())
                    .because(e);
        }
    }

    /** The manifests of such a file. */
    static List<Descriptor> parse(byte[] document) {
        JsonNode json = Json.parse(document, "index.json");
        List<Descriptor> manifests = new ArrayList<>();
        Json.array(json, "manifests").forEach(manifest -> manifests.add(Descriptor.read(manifest)));
        manifests.forEach(NameIndex::requireOwnSum);
        return manifests;
    }

    /** Names are believed without a digest that leads to them, so each has one of its own. Other tools, which may write here too, give none. */
    private static void requireOwnSum(Descriptor manifest) {
        String found = manifest.annotations().get(SUM);
        if (found != null && !found.equals(sum(manifest))) {
            throw badInput("the name '" + manifest.annotations().get(Layout.REF_NAME) + "' is not that of "
                    + manifest.digest());
        }
    }

    private static String sum(Descriptor manifest) {
        StringBuilder text = new StringBuilder();
        for (String key : List.of(Layout.REF_NAME, Layout.IMPORTED, Layout.ORIGINAL)) {
            text.append(manifest.annotations().getOrDefault(key, "")).append('\n');
        }
        return Digest.ofText(text.toString() + manifest.digest()).hex();
    }

    /** The file that has just these names. */
    static byte[] toBytes(Collection<Descriptor> manifests) {
        return new Index(manifests.stream().sorted(BY_NAME).toList()).toBytes(Collections.emptySortedMap());
    }
}
