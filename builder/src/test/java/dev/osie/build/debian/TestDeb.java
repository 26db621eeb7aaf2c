package dev.osie.build.debian;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Builds a small {@code .deb} file and the stanza that an index has for it. */
public final class TestDeb {
    private final Map<String, String> fields = new LinkedHashMap<>();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private final TarArchiveOutputStream tar = new TarArchiveOutputStream(data, StandardCharsets.UTF_8.name());
    private String compression = ".xz";
    private boolean finished;

    private TestDeb(String name, String version) {
        fields.put("Package", name);
        fields.put("Version", version);
        fields.put("Architecture", "amd64");
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    }

    public static TestDeb of(String name, String version) {
        return new TestDeb(name, version);
    }

    /** A field of the control file, such as {@code Depends}. */
    public TestDeb field(String name, String value) {
        fields.put(name, value);
        return this;
    }

    /** The architecture it is for instead of amd64; {@code all} for any. */
    public TestDeb on(String architecture) {
        return field("Architecture", architecture);
    }

    /** The suffix of the member with the files: {@code .xz}, {@code .gz}, {@code .zst}, or nothing. */
    TestDeb compression(String suffix) {
        compression = suffix;
        return this;
    }

    /** A regular file, root's and of mode 0644. */
    public TestDeb file(String path, String content) {
        return file(path, content.getBytes(StandardCharsets.UTF_8));
    }

    /** A regular file, root's and of mode 0644. */
    public TestDeb file(String path, byte[] bytes) {
        TarArchiveEntry entry = new TarArchiveEntry("./" + path, TarConstants.LF_NORMAL, true);
        entry.setMode(0644);
        entry.setSize(bytes.length);
        return entry(entry, bytes);
    }

    TestDeb symlink(String path, String target) {
        TarArchiveEntry entry = new TarArchiveEntry("./" + path, TarConstants.LF_SYMLINK, true);
        entry.setLinkName(target);
        return entry(entry, new byte[0]);
    }

    TestDeb entry(TarArchiveEntry entry, byte[] content) {
        try {
            tar.putArchiveEntry(entry);
            tar.write(content);
            tar.closeArchiveEntry();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String name() {
        return fields.get("Package");
    }

    String fileName() {
        return name() + "_" + fields.get("Version").replaceFirst(".*:", "") + "_" + fields.get("Architecture") + ".deb";
    }

    String stanza() {
        StringBuilder text = new StringBuilder();
        fields.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append('\n'));
        return text.toString();
    }

    public byte[] bytes() {
        try {
            if (!finished) {
                tar.finish();
                finished = true;
            }
            Map<String, byte[]> members = new LinkedHashMap<>();
            members.put("debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII));
            members.put("control.tar.xz", compress(".xz", control()));
            members.put("data.tar" + compression, compress(compression, data.toByteArray()));
            return ar(members);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] control() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TarArchiveOutputStream control = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name())) {
            byte[] text = (stanza() + "Description: a test\n of some lines\n").getBytes(StandardCharsets.UTF_8);
            TarArchiveEntry entry = new TarArchiveEntry("./control");
            entry.setSize(text.length);
            entry.setModTime(0);
            control.putArchiveEntry(entry);
            control.write(text);
            control.closeArchiveEntry();
        }
        return out.toByteArray();
    }

    static byte[] ar(Map<String, byte[]> members) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ArArchiveOutputStream ar = new ArArchiveOutputStream(out)) {
            for (Map.Entry<String, byte[]> member : members.entrySet()) {
                ar.putArchiveEntry(new ArArchiveEntry(member.getKey(), member.getValue().length, 0, 0, 0100644, 0));
                ar.write(member.getValue());
                ar.closeArchiveEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static byte[] compress(String suffix, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream compressor = compressor(suffix, out)) {
            compressor.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static OutputStream compressor(String suffix, OutputStream out) throws IOException {
        return switch (suffix) {
            case ".xz" -> new XZOutputStream(out, new LZMA2Options(0));
            case ".gz" -> new GZIPOutputStream(out);
            case ".zst" -> new ZstdOutputStream(out);
            default -> out;
        };
    }
}
