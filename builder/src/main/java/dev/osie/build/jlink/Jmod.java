package dev.osie.build.jlink;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.tree.Content;
import dev.osie.build.tree.TreePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A module packaged for linking: the bytes {@code JM}, a version, and a zip archive with the sections {@code classes}, {@code bin},
 * {@code lib}, {@code conf} and others (JEP 261, "Packaging: JMOD files").
 */
final class Jmod implements AutoCloseable {
    private static final byte[] MAGIC = {'J', 'M', 1, 0};
    private static final String CLASSES = "classes/";
    private static final String MODULE_INFO = CLASSES + "module-info.class";

    private final ZipFile zip;
    private final ModuleInfo info;

    private Jmod(ZipFile zip, ModuleInfo info) {
        this.zip = zip;
        this.info = info;
    }

    /**
     * Opens a module.
     *
     * @param work where a copy of the archive goes, which must stay until it is closed
     */
    static Jmod open(String name, Content content, Path work) throws IOException {
        Path copy = work.resolve(name + ".zip");
        try (InputStream in = content.open()) {
            if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
                throw badInput("The file " + name
                        + ".jmod of the JDK is not a module: it does not begin with 'JM' and version 1.0");
            }
            Files.copy(in, copy);
        }
        ZipFile zip = new ZipFile(copy.toFile());
        try {
            ZipEntry entry = zip.getEntry(MODULE_INFO);
            if (entry == null) {
                throw badInput("The file " + name + ".jmod of the JDK has no " + MODULE_INFO);
            }
            try (InputStream in = zip.getInputStream(entry)) {
                return new Jmod(zip, ModuleInfo.read(in.readAllBytes()));
            }
        } catch (IOException | RuntimeException e) {
            zip.close();
            throw e;
        }
    }

    ModuleInfo info() {
        return info;
    }

    /** Its classes and resources, as {@code lib/modules} names them: {@code /module/package/Class.class}. */
    SortedMap<String, Content> resources(Spool spool) throws IOException {
        SortedMap<String, Content> resources = new TreeMap<>();
        for (File file : files()) {
            if (file.path().startsWith(CLASSES)) {
                String path = "/" + info.name() + "/" + file.path().substring(CLASSES.length());
                Content content = file.content();
                if (path.endsWith(".class")) {
                    content = spool.add(DebugInformation.strip(read(content)));
                }
                resources.put(path, content);
            }
        }
        return resources;
    }

    /** All of a content; libjvm.so is large, so without the copies that collecting bytes of an unknown number would take. */
    static byte[] read(Content content) throws IOException {
        byte[] bytes = new byte[Math.toIntExact(content.size())];
        try (InputStream in = content.open()) {
            if (in.readNBytes(bytes, 0, bytes.length) < bytes.length || in.read() >= 0) {
                throw new IOException("an entry of a module has not the size that its archive promises");
            }
        }
        return bytes;
    }

    /** All its files, with the section at the front of the path. */
    List<File> files() {
        return zip.stream()
                .filter(entry -> !entry.isDirectory())
                .map(entry -> new File(TreePath.of(entry.getName()), new Entry(zip, entry)))
                .toList();
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    /** A file in the archive. */
    record File(String path, Content content) {}

    private record Entry(ZipFile zip, ZipEntry entry) implements Content {
        @Override
        public long size() {
            return entry.getSize();
        }

        @Override
        public InputStream open() throws IOException {
            return zip.getInputStream(entry);
        }
    }
}
