package dev.osie.build.image;

import static dev.osie.build.failure.BuildException.badInput;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Packs the entries of a jar again without compressing them. An initramfs is compressed as a whole, and that makes half as much of plain
 * classes as of compressed ones (the worker's libraries: 7.5 MB instead of 14.5 MB with zstd -19); besides, the machine needs no second
 * decompression to load a class. The bytes depend on the entries alone: neither on the time zone nor on the zip library that packed them.
 */
final class StoredJar {
    /** For 1980-01-01, the earliest time the format knows, Java adds a second field that depends on the time zone. */
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

    private StoredJar() {}

    /** Writes the entries of a jar, in their order, without those for directories. */
    static void write(Path jar, OutputStream to) throws IOException {
        ZipOutputStream out = new ZipOutputStream(new BufferedOutputStream(to, 1 << 16));
        out.setMethod(ZipOutputStream.STORED);
        Set<String> names = new HashSet<>();
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                if (entry.isDirectory()) {
                    continue;
                }
                if (!names.add(entry.getName())) {
                    throw badInput("The jar " + jar + " holds " + entry.getName() + " twice");
                }
                copy(zip, entry, out);
            }
        }
        out.finish();
        out.flush();
    }

    private static void copy(ZipFile zip, ZipEntry entry, ZipOutputStream out) throws IOException {
        ZipEntry stored = new ZipEntry(entry.getName());
        stored.setTimeLocal(TIME);
        stored.setSize(entry.getSize());
        stored.setCrc(entry.getCrc());
        out.putNextEntry(stored);
        try (InputStream in = zip.getInputStream(entry)) {
            in.transferTo(out);
        }
        out.closeEntry(); // compares size and checksum with what was written
    }
}
