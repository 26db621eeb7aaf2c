package dev.osie.build.jlink;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The hash table of {@code lib/modules}: finds the place of any of the names it was made for with at most two computations and no
 * collision ("hash, displace"). Names that fall into the same bucket are placed by a second hash, whose seed the bucket keeps; a name
 * alone in its bucket takes any free place.
 *
 * @param redirect for each bucket: a seed when positive, {@code -1 - place} when negative, 0 when empty
 * @param order for each place the index of the name that lies there
 */
record PerfectHash(int[] redirect, int[] order) {
    private static final int PRIME = 0x01000193;
    private static final int MAX_SEEDS = 1000;
    private static final int FREE = -1;

    /** The table for names in UTF-8. */
    static PerfectHash of(List<byte[]> names) {
        // A larger table has free places; an odd size spreads the names better.
        for (int size = names.size(); ; size = (size + 1) | 1) {
            PerfectHash hash = new PerfectHash(new int[size], new int[size]);
            if (hash.place(names)) {
                return hash;
            }
        }
    }

    private boolean place(List<byte[]> names) {
        Arrays.fill(order, FREE);
        int free = 0;
        for (List<Integer> bucket : buckets(names)) {
            int slot = bucket(names.get(bucket.get(0)));
            if (bucket.size() == 1) {
                while (order[free] != FREE) {
                    free++;
                }
                order[free] = bucket.get(0);
                redirect[slot] = -1 - free;
            } else {
                int seed = seed(bucket, names);
                if (seed < 0) {
                    return false;
                }
                redirect[slot] = seed;
            }
        }
        return true;
    }

    /** The names' indexes by bucket, the fullest first: they are the hardest to place. */
    private List<List<Integer>> buckets(List<byte[]> names) {
        List<List<Integer>> buckets = new ArrayList<>();
        for (int i = 0; i < redirect.length; i++) {
            buckets.add(new ArrayList<>());
        }
        for (int i = 0; i < names.size(); i++) {
            buckets.get(bucket(names.get(i))).add(i);
        }
        buckets.removeIf(List::isEmpty);
        buckets.sort(Comparator.comparing((List<Integer> bucket) -> -bucket.size()));
        return buckets;
    }

    /** A seed that gives every name of the bucket a free place, which they then have; negative when there is none. */
    private int seed(List<Integer> bucket, List<byte[]> names) {
        for (int seed = PRIME + 1; seed <= PRIME + MAX_SEEDS; seed++) {
            List<Integer> taken = new ArrayList<>();
            for (int name : bucket) {
                int place = hash(names.get(name), seed) % order.length;
                if (order[place] != FREE) {
                    break;
                }
                order[place] = name;
                taken.add(place);
            }
            if (taken.size() == bucket.size()) {
                return seed;
            }
            taken.forEach(place -> order[place] = FREE);
        }
        return -1;
    }

    private int bucket(byte[] name) {
        return hash(name, PRIME) % redirect.length;
    }

    /** The hash function of the format: not negative. */
    static int hash(byte[] name, int seed) {
        int hash = seed;
        for (byte b : name) {
            hash = hash * PRIME ^ (b & 0xff);
        }
        return hash & 0x7fffffff;
    }
}
