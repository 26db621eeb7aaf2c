package dev.osie.build.cache;

import dev.osie.build.store.Contents;
import dev.osie.build.store.Store;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * How much of what lies in a store.
 *
 * @param blobs by kind; every kind is there
 * @param records the remembered results of steps
 * @param leftovers what running builds are writing, and what killed ones have left
 */
public record Inventory(Map<Kind, Amount> blobs, Amount records, Amount leftovers) {
    public Inventory {
        blobs = new EnumMap<>(blobs);
    }

    /**
     * A number of files.
     *
     * @param bytes of all of them
     */
    public record Amount(long files, long bytes) {
        static final Amount NOTHING = new Amount(0, 0);

        static Amount of(List<Contents.Item> items) {
            return new Amount(
                    items.size(), items.stream().mapToLong(Contents.Item::size).sum());
        }

        Amount plus(Contents.Item item) {
            return new Amount(files + 1, bytes + item.size());
        }

        Amount plus(Amount other) {
            return new Amount(files + other.files, bytes + other.bytes);
        }
    }

    public static Inventory of(Store store) {
        Contents contents = store.contents();
        Map<Kind, Amount> blobs = new EnumMap<>(Kind.class);
        Arrays.stream(Kind.values()).forEach(kind -> blobs.put(kind, Amount.NOTHING));
        for (Contents.Item blob : contents.blobs()) {
            blobs.compute(Kind.of(contents.start(blob, Kind.HEAD)), (kind, amount) -> amount.plus(blob));
        }
        return new Inventory(blobs, Amount.of(contents.records()), Amount.of(contents.leftovers()));
    }

    public Amount total() {
        return blobs.values().stream().reduce(records.plus(leftovers), Amount::plus);
    }
}
