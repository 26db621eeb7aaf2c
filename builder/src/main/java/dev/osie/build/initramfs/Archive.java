package dev.osie.build.initramfs;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.store.Digest;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import dev.osie.build.tree.TreePath;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * A unit's archive: its entries sorted, so that parents come before what they hold, and every parent among them, since the kernel drops
 * what has none. All names of a file share an inode number; the content follows the last name, as GNU cpio and the kernel's own
 * gen_init_cpio write it. Every archive lists the root too: without, a tmpfs root stays writable for everybody.
 */
final class Archive {
    private static final int LONGEST_COMPONENT = 255; // the kernel's NAME_MAX

    private final SortedMap<String, Source> sources;
    private final List<Item> items = new ArrayList<>();
    private final long size;

    /**
     * What the archive shows at a path.
     *
     * @param file the file's own path in the tree, which all its names have in common; the path itself for what is not a file
     */
    private record Source(Entry entry, String file, Content data) {}

    private record Item(Entry entry, NewcHeader header, Content data) {}

    /**
     * An entry of the archive.
     *
     * @param content of a file, whichever of its names this is
     */
    record Placed(Entry entry, Content content) {}

    private Archive(SortedMap<String, Source> sources) {
        this.sources = sources;
        Map<String, Integer> names = new HashMap<>();
        sources.values().forEach(source -> names.merge(source.file(), 1, Integer::sum));
        Map<String, Integer> missing = new HashMap<>(names);
        Map<String, Long> inodes = new HashMap<>();
        long bytes = NewcHeader.trailer().encodedSize();
        for (Source source : sources.values()) {
            String file = source.file();
            long inode = inodes.computeIfAbsent(file, first -> inodes.size() + 1L);
            boolean last = missing.merge(file, -1, Integer::sum) == 0;
            Content data = last ? source.data() : Content.of("");
            NewcHeader header = NewcHeader.of(source.entry(), inode, names.get(file), data.size());
            items.add(new Item(source.entry().withInode(inode), header, data));
            bytes += header.encodedSize();
        }
        this.size = bytes;
    }

    /**
     * Lays out the archive of a unit.
     *
     * @param latest modification times beyond this, in seconds since 1970, are brought back to it
     */
    static Archive of(Unit unit, Tree tree, Amendment amendment, long latest) {
        SortedMap<String, Source> sources = new TreeMap<>();
        sources.put("", directory("", Amendment.IMPLIED, latest));
        for (String prefix : unit.prefixes()) {
            tree.nodes()
                    .keySet()
                    .forEach(path -> amendment
                            .place(TreePath.join(prefix, path))
                            .ifPresent(placed -> sources.put(placed, source(tree, path, checked(placed), latest))));
            addParents(sources, TreePath.join(prefix, "any"), latest);
        }
        amendment.moved().values().forEach(path -> addParents(sources, path, latest));
        amendment.directories().forEach((path, attributes) -> sources.put(path, directory(path, attributes, latest)));
        return new Archive(sources);
    }

    /** The entries of the tree by themselves, with nothing read of their content. */
    static List<Entry> outline(Tree tree) {
        return tree.nodes().keySet().stream()
                .map(path -> Entry.of(tree, path, path))
                .toList();
    }

    /** The entries, sorted by path; names of one file have one inode number. */
    List<Placed> placed() {
        return items.stream()
                .map(item -> new Placed(
                        item.entry(), sources.get(item.entry().path()).data()))
                .toList();
    }

    /** Of the archive, in bytes. */
    long size() {
        return size;
    }

    /**
     * Writes the archive.
     *
     * @param written is told of bytes of content as they are written
     * @return the entries, with the digests of their contents
     */
    List<Entry> writeTo(OutputStream out, LongConsumer written) throws IOException {
        Map<Long, Digest> digests = new HashMap<>();
        try (ContentReader reader = new ContentReader();
                NewcWriter archive = new NewcWriter(out)) {
            for (Item item : items) {
                MessageDigest sha256 = Digest.newSha256();
                archive.write(item.header(), data -> reader.copy(item.data(), data, sha256));
                // Of several names the last one has the content, and the last digest stays.
                digests.put(item.header().inode(), Digest.finish(sha256));
                written.accept(item.header().size());
            }
        }
        return items.stream()
                .map(item -> item.entry().withContent(digests.get(item.header().inode())))
                .toList();
    }

    private static Source source(Tree tree, String path, String placed, long latest) {
        Entry entry = Entry.of(tree, path, placed);
        if (entry.kind() instanceof Entry.Directory kind && kind.implied()) {
            return directory(placed, Amendment.IMPLIED, latest);
        }
        Entry clamped =
                entry.withMtime(Math.max(0, Math.min(latest, entry.attributes().mtime())));
        Node node = tree.nodes().get(path);
        String file = node instanceof Node.HardLink link ? link.target() : path;
        if (tree.nodes().get(file) instanceof Node.RegularFile regular) {
            return new Source(clamped, "file " + file, regular.content());
        }
        return new Source(clamped, "path " + placed, data(clamped));
    }

    private static Content data(Entry entry) {
        Content data = Content.of(entry.kind() instanceof Entry.Symlink link ? link.target() : "");
        if (entry.kind() instanceof Entry.Symlink && (data.size() == 0 || data.size() >= NewcHeader.LONGEST_NAME)) {
            throw badInput("the symbolic link '" + entry.path() + "' has a target of " + data.size()
                    + " bytes: the kernel makes links of 1 to " + (NewcHeader.LONGEST_NAME - 1));
        }
        return data;
    }

    private static Source directory(String path, Attributes attributes, long latest) {
        Entry entry = new Entry(path, new Entry.Directory(false), attributes.withMtime(latest));
        return new Source(entry, "path " + path, Content.of(""));
    }

    private static void addParents(SortedMap<String, Source> sources, String path, long latest) {
        for (String parent = TreePath.parent(path); !parent.isEmpty(); parent = TreePath.parent(parent)) {
            sources.putIfAbsent(parent, directory(parent, Amendment.IMPLIED, latest));
        }
    }

    private static String checked(String path) {
        if (TreePath.name(path).getBytes(StandardCharsets.UTF_8).length > LONGEST_COMPONENT) {
            throw badInput("'" + path + "' has a name of more than " + LONGEST_COMPONENT
                    + " bytes, which the kernel does not unpack");
        }
        if (path.equals(NewcHeader.TRAILER)) {
            throw badInput("a file in the root cannot be called " + path + ": that name ends a cpio archive");
        }
        return path;
    }
}
