package dev.osie.build.kernel;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Writes a Debian package of some files, all of one age. */
final class DebFixture {
    static final long MTIME = 1_700_000_000L;

    private final SortedMap<String, byte[]> files = new TreeMap<>();
    private final SortedMap<String, String> links = new TreeMap<>();

    DebFixture file(String path, byte[] content) {
        files.put(path, content);
        return this;
    }

    DebFixture file(String path, String content) {
        return file(path, content.getBytes(StandardCharsets.UTF_8));
    }

    DebFixture link(String path, String target) {
        links.put(path, target);
        return this;
    }

    byte[] toBytes() {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (ArArchiveOutputStream ar = new ArArchiveOutputStream(bytes)) {
                member(ar, "debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII));
                member(ar, "control.tar", new byte[1024]);
                member(ar, "data.tar", data());
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void member(ArArchiveOutputStream ar, String name, byte[] content) throws IOException {
        ar.putArchiveEntry(new ArArchiveEntry(name, content.length));
        ar.write(content);
        ar.closeArchiveEntry();
    }

    private byte[] data() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            for (String path : files.keySet()) {
                TarArchiveEntry entry = new TarArchiveEntry("./" + path);
                entry.setSize(files.get(path).length);
                entry.setModTime(MTIME * 1000);
                tar.putArchiveEntry(entry);
                tar.write(files.get(path));
                tar.closeArchiveEntry();
            }
            for (String path : links.keySet()) {
                TarArchiveEntry entry = new TarArchiveEntry("./" + path, TarConstants.LF_SYMLINK);
                entry.setLinkName(links.get(path));
                tar.putArchiveEntry(entry);
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }
}
