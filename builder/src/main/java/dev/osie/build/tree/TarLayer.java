package dev.osie.build.tree;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.tar.TarFile;

/** Reads and writes the uncompressed tar form of a layer (POSIX pax; OCI image specification, "Layer"). */
public final class TarLayer {
    private static final String WHITEOUT = ".wh.";
    private static final String OPAQUE = ".wh..wh..opq";
    private static final int MAJORS = 1 << 12;
    private static final int MINORS = 1 << 20;
    private static final String XATTR = "SCHILY.xattr.";
    private static final int BLOCK = 512;

    /** What stands for bytes that are no UTF-8. */
    private static final char UNREADABLE = '\uFFFD';

    private TarLayer() {}

    /** Reads a layer from the store, after comparing it with its digest; its contents are slices of the blob. */
    public static Layer read(Store store, Digest digest) {
        store.verify(digest);
        try {
            return read(store.path(digest));
        } catch (IOException | IllegalArgumentException e) { // the second for numbers that are none
            throw badInput("The layer " + digest + " is not a readable tar archive: " + e.getMessage())
                    .because(e);
        }
    }

    /** Reads a layer from a file that nobody changes meanwhile; its contents are slices of the file. */
    public static Layer read(Path tar) throws IOException {
        Tree.Builder tree = new Tree.Builder();
        SortedSet<String> whiteouts = new TreeSet<>();
        SortedSet<String> opaques = new TreeSet<>();
        long size = Files.size(tar);
        if (size > 0 && size < TarConstants.DEFAULT_RCDSIZE) {
            throw new IOException("it has " + size + " bytes, less than one header");
        }
        // It goes from header to header, where a stream would read all that lies between.
        try (TarFile archive = new TarFile(tar, StandardCharsets.UTF_8.name())) {
            long end = 0;
            for (TarArchiveEntry entry : archive.getEntries()) {
                long begin = end;
                end = entry.getDataOffset() + (entry.getSize() + BLOCK - 1) / BLOCK * BLOCK;
                String path = TreePath.of(entry.getName());
                String name = TreePath.name(path);
                if (name.equals(OPAQUE)) {
                    opaques.add(TreePath.parent(path));
                } else if (name.startsWith(WHITEOUT)) {
                    whiteouts.add(TreePath.join(TreePath.parent(path), whitedOut(name, path)));
                } else if (!path.isEmpty()) {
                    Node node = node(entry, attributes(entry, tar, begin), tar);
                    tree.put(path, node instanceof Node.HardLink link ? tree.linkTo(link.target()) : node);
                }
            }
        }
        return new Layer(
                tree.build(0),
                Collections.unmodifiableSortedSet(whiteouts),
                Collections.unmodifiableSortedSet(opaques));
    }

    /** Of a whiteout that names nothing, or its own directory, nobody knows what it should hide. */
    private static String whitedOut(String name, String path) {
        String hidden = name.substring(WHITEOUT.length());
        if (Set.of("", ".", "..").contains(hidden)) {
            throw badInput("the whiteout '" + path + "' names no file that it could hide");
        }
        return hidden;
    }

    /** The attributes of an entry; values that the library takes for damaged text are read again, as bytes. */
    private static Attributes attributes(TarArchiveEntry entry, Path tar, long begin) throws IOException {
        Attributes attributes = attributes(entry);
        if (entry.getExtraPaxHeaders().values().stream().noneMatch(value -> value.indexOf(UNREADABLE) >= 0)) {
            return attributes;
        }
        SortedMap<String, String> xattrs = new TreeMap<>(attributes.xattrs());
        PaxRecords.read(tar, begin, entry.getDataOffset() - BLOCK).forEach((key, value) -> {
            if (key.startsWith(XATTR)) {
                xattrs.put(key.substring(XATTR.length()), HexFormat.of().formatHex(value));
            }
        });
        return new Attributes(attributes.mode(), attributes.uid(), attributes.gid(), attributes.mtime(), xattrs);
    }

    private static Node node(TarArchiveEntry entry, Attributes attributes, Path tar) {
        if (!entry.isCheckSumOK()) {
            throw badInput("the header of the tar entry '" + entry.getName() + "' is damaged: its sum is wrong");
        }
        if (entry.isDirectory()) {
            return new Node.Directory(attributes);
        }
        if (entry.isSymbolicLink()) {
            return new Node.Symlink(attributes, entry.getLinkName());
        }
        if (entry.isLink()) {
            return new Node.HardLink(TreePath.of(entry.getLinkName()));
        }
        if (entry.isCharacterDevice() || entry.isBlockDevice()) {
            requireKernelsRange(entry);
            Node.Device.Kind kind = entry.isBlockDevice() ? Node.Device.Kind.BLOCK : Node.Device.Kind.CHARACTER;
            return new Node.Device(attributes, kind, entry.getDevMajor(), entry.getDevMinor());
        }
        if (entry.isFIFO()) {
            return new Node.Fifo(attributes);
        }
        if (entry.isSparse()) {
            throw badInput("the tar entry '" + entry.getName() + "' is a sparse file, which layers must not have");
        }
        byte type = entry.getLinkFlag();
        if (type == TarConstants.LF_NORMAL || type == TarConstants.LF_OLDNORM || type == TarConstants.LF_CONTIG) {
            return new Node.RegularFile(attributes, Content.slice(tar, entry.getDataOffset(), entry.getSize()));
        }
        throw badInput("the tar entry '" + entry.getName() + "' has the unknown type '" + (char) type + "'");
    }

    private static void requireKernelsRange(TarArchiveEntry entry) {
        int major = entry.getDevMajor();
        int minor = entry.getDevMinor();
        if (major < 0 || major >= MAJORS || minor < 0 || minor >= MINORS) {
            throw badInput("the device " + major + ":" + minor + " of '" + entry.getName()
                    + "' is out of range: the kernel has " + (MAJORS - 1) + ":" + (MINORS - 1) + " at most");
        }
    }

    /** The attributes of a tar entry. */
    public static Attributes attributes(TarArchiveEntry entry) {
        SortedMap<String, String> xattrs = new TreeMap<>();
        for (Map.Entry<String, String> header : entry.getExtraPaxHeaders().entrySet()) {
            if (header.getKey().startsWith(XATTR)) {
                byte[] value = header.getValue().getBytes(StandardCharsets.UTF_8);
                xattrs.put(
                        header.getKey().substring(XATTR.length()),
                        HexFormat.of().formatHex(value));
            }
        }
        return new Attributes(
                entry.getMode() & 07777,
                entry.getLongUserId(),
                entry.getLongGroupId(),
                entry.getLastModifiedTime().toInstant().getEpochSecond(),
                xattrs);
    }

    /**
     * Writes a tree as a layer: sorted by path, numeric owners only, so equal trees give equal bytes. The first name of a file by path has
     * its content, as programs that unpack a layer need what a link leads to before the link. Implied directories are left out; whoever
     * unpacks the layer makes those that are missing.
     */
    public static void write(Tree tree, OutputStream out) {
        try {
            BufferedOutputStream buffered = new BufferedOutputStream(out, 1 << 16);
            TarArchiveOutputStream tar = new TarArchiveOutputStream(buffered, StandardCharsets.UTF_8.name());
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            tar.setAddPaxHeadersForNonAsciiNames(true);
            Map<String, String> firstNames = new HashMap<>();
            for (Map.Entry<String, Node> node : tree.nodes().entrySet()) {
                // An entry for a directory that is only implied would take away the mode that a lower layer gave it.
                if (!tree.isImplied(node.getKey())) {
                    write(tar, node.getKey(), firstNameFirst(tree, node.getKey(), node.getValue(), firstNames));
                }
            }
            tar.finish();
            buffered.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Node firstNameFirst(Tree tree, String path, Node node, Map<String, String> firstNames) {
        boolean link = node instanceof Node.HardLink;
        String file = link ? ((Node.HardLink) node).target() : path;
        if (!link && !(node instanceof Node.RegularFile)) {
            return node;
        }
        String first = firstNames.putIfAbsent(file, path);
        return first == null ? tree.get(file).orElseThrow() : new Node.HardLink(first);
    }

    private static void write(TarArchiveOutputStream tar, String path, Node node) throws IOException {
        if (node instanceof Node.Directory directory) {
            TarArchiveEntry entry = entry(path + "/", TarConstants.LF_DIR, directory.attributes());
            putEmpty(tar, entry, directory.attributes());
        } else if (node instanceof Node.RegularFile file) {
            TarArchiveEntry entry = entry(path, TarConstants.LF_NORMAL, file.attributes());
            entry.setSize(file.content().size());
            put(tar, entry, file.attributes());
            try (InputStream content = file.content().open()) {
                content.transferTo(tar);
            }
            tar.closeArchiveEntry();
        } else if (node instanceof Node.HardLink link) {
            Attributes attributes = Attributes.root(0644, 0);
            TarArchiveEntry entry = entry(path, TarConstants.LF_LINK, attributes);
            entry.setLinkName(link.target());
            putEmpty(tar, entry, attributes);
        } else if (node instanceof Node.Symlink link) {
            TarArchiveEntry entry = entry(path, TarConstants.LF_SYMLINK, link.attributes());
            entry.setLinkName(link.target());
            putEmpty(tar, entry, link.attributes());
        } else if (node instanceof Node.Device device) {
            byte type = device.kind() == Node.Device.Kind.BLOCK ? TarConstants.LF_BLK : TarConstants.LF_CHR;
            TarArchiveEntry entry = entry(path, type, device.attributes());
            entry.setDevMajor(device.major());
            entry.setDevMinor(device.minor());
            putEmpty(tar, entry, device.attributes());
        } else if (node instanceof Node.Fifo fifo) {
            putEmpty(tar, entry(path, TarConstants.LF_FIFO, fifo.attributes()), fifo.attributes());
        }
    }

    private static void putEmpty(TarArchiveOutputStream tar, TarArchiveEntry entry, Attributes attributes)
            throws IOException {
        put(tar, entry, attributes);
        tar.closeArchiveEntry();
    }

    private static void put(TarArchiveOutputStream tar, TarArchiveEntry entry, Attributes attributes)
            throws IOException {
        SortedMap<String, byte[]> binary = new TreeMap<>();
        attributes.xattrs().forEach((name, value) -> {
            byte[] bytes = HexFormat.of().parseHex(value);
            if (PaxRecords.isText(bytes)) {
                entry.addPaxHeader(XATTR + name, new String(bytes, StandardCharsets.UTF_8));
            } else {
                binary.put(XATTR + name, bytes);
            }
        });
        if (binary.isEmpty()) {
            tar.putArchiveEntry(entry);
        } else {
            PaxRecords.put(tar, entry, binary);
        }
    }

    private static TarArchiveEntry entry(String path, byte type, Attributes attributes) {
        TarArchiveEntry entry = new TarArchiveEntry(path, type);
        entry.setMode(attributes.mode());
        entry.setUserId(attributes.uid());
        entry.setGroupId(attributes.gid());
        entry.setUserName("");
        entry.setGroupName("");
        entry.setLastModifiedTime(
                java.nio.file.attribute.FileTime.from(java.time.Instant.ofEpochSecond(attributes.mtime())));
        return entry;
    }
}
