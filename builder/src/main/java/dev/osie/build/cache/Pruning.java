package dev.osie.build.cache;

import dev.osie.build.oci.Layout;
import dev.osie.build.store.Contents;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Scratch;
import dev.osie.build.store.Store;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * Chooses what of a store is not needed any more. Images that somebody named stay whole. A blob is as young as its last use, and as that
 * of the youngest record that names it: what a step that was of use lately made, stays.
 *
 * <p>What was chosen is removed under an exclusive {@link dev.osie.build.store.Lease}, so that no build has found it meanwhile.
 */
public final class Pruning {
    private final Store store;
    private final Map<Digest, Contents.Item> blobs = new TreeMap<>();
    private final Map<Digest, Instant> lastUse = new TreeMap<>();
    private final Map<Contents.Item, Optional<SortedSet<Digest>>> records = new LinkedHashMap<>();
    private final List<Contents.Item> leftovers;
    private final List<NamedImages.Entry> images;
    private final Set<Digest> wanted = new HashSet<>();
    private final Set<Contents.Item> chosen = new LinkedHashSet<>();

    /** Looks at what there is. Nothing is chosen but what is of no use to anybody: damaged records, and what killed builds have left. */
    public Pruning(Store store) {
        this.store = store;
        Contents contents = store.contents();
        contents.blobs().forEach(blob -> blobs.put(blob.digest(), blob));
        contents.records().forEach(item -> records.put(item, contents.named(item)));
        this.leftovers = contents.leftovers();
        this.images = NamedImages.in(store);
        blobs.forEach((digest, blob) -> lastUse.put(digest, blob.lastUse()));
        records.forEach((item, named) -> named.ifPresent(digests -> use(digests, item.lastUse())));
        for (NamedImages.Entry image : images) {
            if (image.isWanted()) {
                wanted.addAll(image.blobs());
            } else if (lastUse.containsKey(image.manifest())) {
                use(image.blobs(), lastUse.get(image.manifest()));
            }
        }
        records.forEach((item, named) -> {
            if (named.isEmpty()) {
                chosen.add(item);
            }
        });
        chosen.addAll(leftovers);
    }

    private void use(SortedSet<Digest> digests, Instant when) {
        digests.forEach(digest -> lastUse.computeIfPresent(digest, (any, known) -> known.isAfter(when) ? known : when));
    }

    /** Chooses what nobody has used since then. */
    public void chooseUnusedSince(Instant then) {
        records.keySet().stream().filter(item -> item.lastUse().isBefore(then)).forEach(chosen::add);
        unwanted().stream()
                .filter(digest -> lastUse.get(digest).isBefore(then))
                .forEach(digest -> chosen.add(blobs.get(digest)));
        chooseDangling();
    }

    /** Chooses what was not used for longest, until what stays is no larger than that, or is only what named images need. */
    public void chooseDownTo(long bytes) {
        long left = remaining();
        List<Digest> oldestFirst = new ArrayList<>(unwanted());
        oldestFirst.sort(
                Comparator.comparing((Digest digest) -> lastUse.get(digest)).thenComparing(Comparator.naturalOrder()));
        for (Digest digest : oldestFirst) {
            if (left <= bytes) {
                break;
            }
            if (chosen.add(blobs.get(digest))) {
                left -= blobs.get(digest).size();
            }
        }
        chooseDangling();
    }

    private List<Digest> unwanted() {
        return blobs.keySet().stream()
                .filter(digest -> !wanted.contains(digest))
                .toList();
    }

    /** A record that names what isn't there any more is of no use. */
    private void chooseDangling() {
        records.forEach((item, named) -> {
            if (named.stream().flatMap(SortedSet::stream).anyMatch(this::isChosen)) {
                chosen.add(item);
            }
        });
    }

    private boolean isChosen(Digest digest) {
        return blobs.containsKey(digest) && chosen.contains(blobs.get(digest));
    }

    /** How much was chosen. */
    public Inventory.Amount chosen() {
        return Inventory.Amount.of(List.copyOf(chosen));
    }

    /** How many bytes stay. */
    public long remaining() {
        long all = blobs.values().stream().mapToLong(Contents.Item::size).sum()
                + records.keySet().stream().mapToLong(Contents.Item::size).sum()
                + leftovers.stream().mapToLong(Contents.Item::size).sum();
        return all - chosen().bytes();
    }

    /** How many bytes of what stays belong to images that somebody named. */
    public long wanted() {
        return wanted.stream()
                .filter(blobs::containsKey)
                .mapToLong(digest -> blobs.get(digest).size())
                .sum();
    }

    /** Removes what was chosen: what names it first, so that nothing dangles when this is interrupted. */
    public void remove() {
        records.keySet().stream().filter(chosen::contains).forEach(Contents.Item::remove);
        List<Layout.Entry> forgotten = images.stream()
                .filter(image -> image.blobs().stream().anyMatch(this::isChosen))
                .map(NamedImages.Entry::name)
                .toList();
        if (!forgotten.isEmpty()) {
            new Layout(store).remove(forgotten);
        }
        blobs.values().stream().filter(chosen::contains).forEach(Contents.Item::remove);
        for (Contents.Item leftover : leftovers) {
            if (Files.isDirectory(leftover.file())) {
                new Scratch(leftover.file()).close();
            } else {
                leftover.remove();
            }
        }
    }
}
