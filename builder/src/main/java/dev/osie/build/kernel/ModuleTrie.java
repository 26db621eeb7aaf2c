package dev.osie.build.kernel;

import static dev.osie.build.failure.BuildException.badInput;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A binary module index as kmod reads it: a radix tree, big-endian, from keys to values with priorities.
 *
 * <p>The file begins with the magic number {@code B007F457}, the version 2.1, and the offset of the root. A node is its prefix (the
 * characters all keys below it share, NUL-terminated), the first and last character its children begin with and an offset for every
 * character between, and its values: their count, then priority and NUL-terminated text of each. The upper four bits of an offset say
 * which of the three parts the node has. Nodes lie in the order of a walk from the root, parents first, as kmod 34 writes them; readers
 * follow the offsets and don't mind the order.
 */
final class ModuleTrie {
    private static final int MAGIC = 0xB007F457;
    private static final int VERSION = 0x0002_0001;
    private static final int HEADER_SIZE = 12;
    private static final int PREFIX = 0x80000000;
    private static final int VALUES = 0x40000000;
    private static final int CHILDREN = 0x20000000;
    private static final int MAX_KEY = 4096;

    private final TreeMap<String, List<Value>> entries = new TreeMap<>();

    private record Value(int priority, byte[] text) {
        int size() {
            return Integer.BYTES + text.length + 1;
        }
    }

    private record Node(byte[] prefix, TreeMap<Character, Node> children, List<Value> values) {
        int flags() {
            return (prefix.length == 0 ? 0 : PREFIX)
                    | (values.isEmpty() ? 0 : VALUES)
                    | (children.isEmpty() ? 0 : CHILDREN);
        }

        int size() {
            int span = children.isEmpty() ? 0 : 2 + Integer.BYTES * (children.lastKey() - children.firstKey() + 1);
            return (prefix.length == 0 ? 0 : prefix.length + 1)
                    + span
                    + (values.isEmpty()
                            ? 0
                            : Integer.BYTES
                                    + values.stream().mapToInt(Value::size).sum());
        }

        int totalSize() {
            return size() + children.values().stream().mapToInt(Node::totalSize).sum();
        }
    }

    /**
     * Adds a value to those of the key.
     *
     * @param key of ASCII characters
     * @param priority the smaller, the earlier among the values of the key
     */
    void add(String key, String value, int priority) {
        if (key.length() > MAX_KEY || key.chars().anyMatch(c -> c == 0 || c >= 0x80)) {
            throw badInput("'" + key.substring(0, Math.min(80, key.length()))
                    + "' cannot be the key of a module index: expected ASCII, at most " + MAX_KEY + " characters");
        }
        List<Value> values = entries.computeIfAbsent(key, k -> new ArrayList<>());
        int position = 0;
        while (position < values.size() && values.get(position).priority() < priority) {
            position++;
        }
        values.add(position, new Value(priority, value.getBytes(StandardCharsets.UTF_8)));
    }

    byte[] toBytes() {
        Node root = node(List.copyOf(entries.entrySet()), 0, true);
        ByteBuffer file = ByteBuffer.allocate(HEADER_SIZE + root.totalSize());
        file.putInt(MAGIC).putInt(VERSION).putInt(HEADER_SIZE | root.flags());
        write(root, HEADER_SIZE, file);
        return file.array();
    }

    /**
     * The node of sorted entries that agree in their first {@code depth} characters.
     *
     * @param root whether it is the root, which never has a prefix
     */
    private static Node node(List<Map.Entry<String, List<Value>>> sorted, int depth, boolean root) {
        if (sorted.isEmpty()) {
            return new Node(new byte[0], new TreeMap<>(), List.of());
        }
        String first = sorted.get(0).getKey();
        String last = sorted.get(sorted.size() - 1).getKey();
        int end = root ? depth : commonPrefix(first, last, depth);
        boolean ends = first.length() == end;
        TreeMap<Character, Node> children = new TreeMap<>();
        for (int from = ends ? 1 : 0; from < sorted.size(); ) {
            char c = sorted.get(from).getKey().charAt(end);
            int to = from + 1;
            while (to < sorted.size() && sorted.get(to).getKey().charAt(end) == c) {
                to++;
            }
            children.put(c, node(sorted.subList(from, to), end + 1, false));
            from = to;
        }
        byte[] prefix = first.substring(depth, end).getBytes(StandardCharsets.US_ASCII);
        return new Node(prefix, children, ends ? sorted.get(0).getValue() : List.of());
    }

    private static int commonPrefix(String a, String b, int from) {
        int end = from;
        while (end < a.length() && end < b.length() && a.charAt(end) == b.charAt(end)) {
            end++;
        }
        return end;
    }

    /** Writes the node at an offset and all below it after it; returns the offset that follows. */
    private static int write(Node node, int offset, ByteBuffer file) {
        file.position(offset);
        if (node.prefix().length > 0) {
            file.put(node.prefix()).put((byte) 0);
        }
        int end = offset + node.size();
        if (!node.children().isEmpty()) {
            char first = node.children().firstKey();
            char last = node.children().lastKey();
            file.put((byte) first).put((byte) last);
            int table = file.position();
            for (char c = first; c <= last; c++, table += Integer.BYTES) {
                Node child = node.children().get(c);
                if (child != null) {
                    file.putInt(table, end | child.flags());
                    end = write(child, end, file);
                }
            }
            file.position(table);
        }
        if (!node.values().isEmpty()) {
            file.putInt(node.values().size());
            node.values()
                    .forEach(value ->
                            file.putInt(value.priority()).put(value.text()).put((byte) 0));
        }
        return end;
    }
}
