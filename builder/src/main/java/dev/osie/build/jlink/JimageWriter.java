package dev.osie.build.jlink;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.tree.Content;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Writes {@code lib/modules}, the container from which the virtual machine loads the classes of a runtime ("jimage", version 1.0, little
 * endian). The format has no specification; this is what {@code libjimage} and {@code jdk.internal.jimage} of JDK 9 to 21 read:
 *
 * <pre>
 * header      magic CAFEDADA, version, flags, resources, table length, bytes of locations, bytes of strings   (7 × u4)
 * redirect    hash table, see {@link PerfectHash}                                                             (table length × u4)
 * offsets     for each place of the table the offset of its location                                          (table length × u4)
 * locations   attributes: (kind &lt;&lt; 3 | bytes - 1), value in big endian; kind 0 ends a location
 * strings     names, in modified UTF-8, each ended by NUL
 * content     offsets in locations count from here
 * </pre>
 *
 * <p>Beside the resources there are locations for directories ({@link ModuleDirectories}), by which the file system {@code jrt:/} lists
 * them.
 */
final class JimageWriter {
    private static final int MAGIC = 0xCAFEDADA;
    private static final int VERSION = 1 << 16;

    /** Kinds of attributes of a location. */
    private static final int MODULE = 1;

    private static final int PARENT = 2;
    private static final int BASE = 3;
    private static final int EXTENSION = 4;
    private static final int OFFSET = 5;
    private static final int UNCOMPRESSED = 7;

    private final StringTable strings = new StringTable();
    private final List<Location> locations = new ArrayList<>();
    private long contentSize;

    private record Location(String path, byte[] attributes) {}

    private JimageWriter() {}

    /**
     * Writes resources, in the order of their paths.
     *
     * @param resources classes and other files of modules by path: {@code /module/package/Name.class}
     */
    static void write(SortedMap<String, Content> resources, Path file) throws IOException {
        new JimageWriter().writeTo(resources, file);
    }

    private void writeTo(SortedMap<String, Content> resources, Path file) throws IOException {
        resources.forEach((path, content) -> addLocation(path, content.size()));
        ModuleDirectories directories = ModuleDirectories.of(resources.keySet());
        directories.sizes().forEach(this::addLocation);

        PerfectHash hash = PerfectHash.of(
                locations.stream().map(location -> utf8(location.path())).toList());
        ByteArrayOutputStream attributes = new ByteArrayOutputStream();
        attributes.write(0); // offset 0 is that of a place nobody has
        Map<String, Integer> offsets = new HashMap<>();
        for (int name : hash.order()) {
            if (name >= 0) {
                offsets.put(locations.get(name).path(), attributes.size());
                attributes.write(locations.get(name).attributes());
            }
        }
        align(attributes);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            out.write(index(hash, offsets, attributes.toByteArray()));
            for (Map.Entry<String, Content> resource : resources.entrySet()) {
                copy(resource.getKey(), resource.getValue(), out);
            }
            out.write(directories.content(offsets::get, strings::offset));
        }
    }

    private void addLocation(String path, long size) {
        locations.add(new Location(path, attributes(path, contentSize, size)));
        contentSize += size;
    }

    /** The reader puts a location's path together again: {@code /module/parent/base.extension}. */
    private byte[] attributes(String path, long offset, long size) {
        int moduleEnd = path.indexOf('/', 1);
        String module = moduleEnd < 0 ? "" : path.substring(1, moduleEnd);
        String rest = moduleEnd < 0 ? path : path.substring(moduleEnd + 1);
        String parent = "";
        String extension = "";
        // Directories are named by their whole path.
        if (moduleEnd > 0 && !ModuleDirectories.isDirectory(module)) {
            int slash = rest.lastIndexOf('/');
            parent = slash < 0 ? "" : rest.substring(0, slash);
            rest = rest.substring(slash + 1);
            int dot = rest.lastIndexOf('.');
            if (dot >= 0 && dot < rest.length() - 1) {
                extension = rest.substring(dot + 1);
                rest = rest.substring(0, dot);
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        putAttribute(bytes, MODULE, strings.offset(module));
        putAttribute(bytes, PARENT, strings.offset(parent));
        putAttribute(bytes, BASE, strings.offset(rest));
        putAttribute(bytes, EXTENSION, strings.offset(extension));
        putAttribute(bytes, OFFSET, offset);
        putAttribute(bytes, UNCOMPRESSED, size);
        bytes.write(0);
        return bytes.toByteArray();
    }

    /** Zero is what a missing attribute stands for. */
    private static void putAttribute(ByteArrayOutputStream bytes, int kind, long value) {
        if (value != 0) {
            int last = (63 - Long.numberOfLeadingZeros(value)) / 8;
            bytes.write(kind << 3 | last);
            for (int i = last; i >= 0; i--) {
                bytes.write((int) (value >> (i * 8)));
            }
        }
    }

    private byte[] index(PerfectHash hash, Map<String, Integer> offsets, byte[] attributes) {
        byte[] names = strings.toBytes();
        int length = hash.redirect().length;
        ByteBuffer index = ByteBuffer.allocate(7 * 4 + 2 * 4 * length + attributes.length + names.length)
                .order(ByteOrder.LITTLE_ENDIAN);
        index.putInt(MAGIC).putInt(VERSION).putInt(0);
        index.putInt(locations.size()).putInt(length).putInt(attributes.length).putInt(names.length);
        for (int redirect : hash.redirect()) {
            index.putInt(redirect);
        }
        for (int name : hash.order()) {
            index.putInt(name < 0 ? 0 : offsets.get(locations.get(name).path()));
        }
        return index.put(attributes).put(names).array();
    }

    private static void copy(String path, Content content, OutputStream out) throws IOException {
        try (InputStream in = content.open()) {
            long copied = in.transferTo(out);
            if (copied != content.size()) {
                throw badInput("The resource " + path + " of the JDK has " + copied + " bytes; its archive promises "
                        + content.size());
            }
        }
    }

    private static void align(ByteArrayOutputStream bytes) {
        while (bytes.size() % 4 != 0) {
            bytes.write(0);
        }
    }

    private static byte[] utf8(String text) {
        // Modified UTF-8 differs from UTF-8 in these, and no class of a JDK has them in its name.
        if (text.chars().anyMatch(c -> c == 0 || Character.isSurrogate((char) c))) {
            throw badInput("The name '" + text + "' in a module of the JDK cannot be written");
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Names, each once; the empty one is at offset 0. */
    private static final class StringTable {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final Map<String, Integer> offsets = new HashMap<>();

        StringTable() {
            offset("");
            offset("class"); // libjimage's readers expect it at 1
        }

        int offset(String text) {
            return offsets.computeIfAbsent(text, name -> {
                int offset = bytes.size();
                bytes.writeBytes(utf8(name));
                bytes.write(0);
                return offset;
            });
        }

        byte[] toBytes() {
            align(bytes);
            return bytes.toByteArray();
        }
    }
}
