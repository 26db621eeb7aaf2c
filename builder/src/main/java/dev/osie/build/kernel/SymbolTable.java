package dev.osie.build.kernel;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which module exports which symbol; of two that export the same, the later in the order of modules counts. */
final class SymbolTable {
    /** depmod lists symbols in the order of a hash table of this many buckets. */
    private static final int BUCKETS = 2048;

    private final Map<String, Integer> owners = new HashMap<>();

    static SymbolTable of(List<ModuleFacts> modules) {
        SymbolTable table = new SymbolTable();
        for (int i = 0; i < modules.size(); i++) {
            for (String symbol : modules.get(i).exports()) {
                table.owners.put(symbol, i);
            }
        }
        return table;
    }

    /** The position of the module that exports the symbol. */
    int owner(String symbol) {
        return owners.get(symbol);
    }

    Optional<Integer> find(String symbol) {
        return Optional.ofNullable(owners.get(symbol));
    }

    /** The symbols by bucket, in each by name. */
    List<String> inDepmodOrder() {
        record Hashed(String symbol, int bucket) {}
        return owners.keySet().stream()
                .map(symbol -> new Hashed(symbol, hash(symbol) & (BUCKETS - 1)))
                .sorted(Comparator.comparingInt(Hashed::bucket).thenComparing(Hashed::symbol))
                .map(Hashed::symbol)
                .toList();
    }

    /** Paul Hsieh's SuperFastHash over the bytes of the symbol, the hash function of kmod's tables. */
    private static int hash(String symbol) {
        byte[] bytes = symbol.getBytes(StandardCharsets.UTF_8);
        int hash = bytes.length;
        int at = 0;
        for (; at + 4 <= bytes.length; at += 4) {
            hash += pair(bytes, at);
            hash = hash << 16 ^ (pair(bytes, at + 2) << 11 ^ hash);
            hash += hash >>> 11;
        }
        switch (bytes.length - at) {
            case 3 -> {
                hash += pair(bytes, at);
                hash ^= hash << 16;
                hash ^= (bytes[at + 2] & 0xff) << 18;
                hash += hash >>> 11;
            }
            case 2 -> {
                hash += pair(bytes, at);
                hash ^= hash << 11;
                hash += hash >>> 17;
            }
            case 1 -> {
                hash += bytes[at] & 0xff;
                hash ^= hash << 10;
                hash += hash >>> 1;
            }
            default -> {}
        }
        hash ^= hash << 3;
        hash += hash >>> 5;
        hash ^= hash << 4;
        hash += hash >>> 17;
        hash ^= hash << 25;
        return hash + (hash >>> 6);
    }

    private static int pair(byte[] bytes, int at) {
        return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8;
    }
}
