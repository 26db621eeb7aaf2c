package dev.osie.build.cache;

import dev.osie.build.concurrent.Workers;
import dev.osie.build.failure.BuildException;
import dev.osie.build.oci.Layout;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Contents;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Compares everything in a store with its digest, and removes what differs: builds fetch or make it again. Who looks disturbs nobody.
 *
 * @param blobs that were compared
 * @param bytes of them
 * @param damage what was removed, in words; sorted
 */
public record Verification(long blobs, long bytes, List<String> damage) {
    public Verification {
        damage = List.copyOf(damage);
    }

    /** Verifies a store, with as many blobs at once as there are processors. */
    public static Verification of(Store store, Progress progress) {
        Contents contents = store.contents();
        List<Contents.Item> blobs = contents.blobs();
        long bytes = blobs.stream().mapToLong(Contents.Item::size).sum();
        List<String> damage = new ArrayList<>();
        contents.records().stream()
                .filter(item -> contents.named(item).isEmpty())
                .forEach(item -> damage.add(removed(item, "the record of a step ")));
        try (Progress.Step step = progress.start("verify", bytes)) {
            damage.addAll(damagedBlobs(contents, blobs, step));
            step.done(blobs.size() + (blobs.size() == 1 ? " blob" : " blobs"));
        }
        damage.addAll(forgetIncomplete(store));
        return new Verification(blobs.size(), bytes, damage);
    }

    private static List<String> damagedBlobs(Contents contents, List<Contents.Item> blobs, Progress.Step step) {
        ConcurrentLinkedQueue<String> damaged = new ConcurrentLinkedQueue<>();
        List<Runnable> tasks = new ArrayList<>();
        for (Contents.Item blob : blobs) {
            tasks.add(() -> {
                if (!contents.isWhole(blob)) {
                    Kind kind = Kind.of(contents.start(blob, Kind.HEAD));
                    damaged.add(removed(blob, "a blob (" + kind + ") "));
                }
                step.advance(blob.size());
            });
        }
        Workers.runAll("verify", Runtime.getRuntime().availableProcessors(), tasks);
        return damaged.stream().sorted().toList();
    }

    private static String removed(Contents.Item item, String what) {
        item.remove();
        return what + item.file().getFileName();
    }

    /** An image that lost a part cannot be used; without its name it is looked for elsewhere, or made again. */
    private static List<String> forgetIncomplete(Store store) {
        // In this order: what a build names beside us is whole by the time it has its name.
        List<NamedImages.Entry> images;
        try {
            images = NamedImages.in(store);
        } catch (BuildException e) {
            new Layout(store).removeAll();
            return List.of("the names of all images: " + e.getMessage());
        }
        Set<Digest> present = new HashSet<>();
        store.contents().blobs().forEach(blob -> present.add(blob.digest()));
        List<Layout.Entry> incomplete = images.stream()
                .filter(image -> !present.containsAll(image.blobs()))
                .map(NamedImages.Entry::name)
                .toList();
        if (!incomplete.isEmpty()) {
            new Layout(store).remove(incomplete);
        }
        return incomplete.stream()
                .map(name -> "the name '" + name.name() + "', whose image isn't whole")
                .toList();
    }
}
