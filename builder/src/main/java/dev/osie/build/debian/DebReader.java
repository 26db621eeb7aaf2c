package dev.osie.build.debian;

import static dev.osie.build.failure.BuildException.badInput;
import static dev.osie.build.failure.BuildException.unavailable;

import com.github.luben.zstd.ZstdInputStream;
import dev.osie.build.failure.BuildException;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Scratch;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Layer;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Reads what a {@code .deb} file (format 2.0, deb(5)) installs: an {@code ar} archive of {@code debian-binary}, {@code control.tar.*}
 * and {@code data.tar.*} in this order. Maintainer scripts are neither run nor shown.
 *
 * <p>Decompressing needs as much memory as the compressor's dictionary: 8 MiB for most packages, 64 MiB at most with {@code xz -9}. Read
 * few packages at a time.
 */
public final class DebReader {
    /** Debian's own limit is that of {@code ar}: ten decimal digits. No real package comes near this. */
    private static final long MOST_BYTES = 8L << 30;

    private static final int XZ_MEMORY_KIB = 80 << 10;
    private static final int MOST_OF_CONTROL = 1 << 20;

    private DebReader() {}

    /**
     * The tree of a package's files. Its contents are slices of a file in the scratch directory, so it lives as long as that.
     *
     * @throws BuildException {@code VERIFICATION} when the store's copy was altered, {@code BAD_INPUT} when it is not a package
     */
    public static Tree read(Store store, BinaryPackage binary, Scratch scratch) {
        return read(store, binary.deb().digest(), binary.toString(), scratch);
    }

    /**
     * The same for a package that the store holds under a digest.
     *
     * @param what to call the package in messages
     */
    public static Tree read(Store store, Digest deb, String what, Scratch scratch) {
        return read(store, deb, what, scratch, MOST_BYTES);
    }

    /** The same with another limit for the size of the files. */
    static Tree read(Store store, Digest deb, String what, Scratch scratch, long limit) {
        try (InputStream in = new BufferedInputStream(store.read(deb), 1 << 16)) {
            Path tar = newFile(scratch);
            extract(in, tar, limit);
            Layer layer = TarLayer.read(tar);
            if (!layer.isPlain()) {
                throw badInput("its files have names that mean removal in an image (.wh.*)");
            }
            return layer.tree();
        } catch (IOException | IllegalArgumentException e) {
            throw unreadable(store, deb, what, e);
        } catch (BuildException e) {
            throw e.kind() == BuildException.Kind.BAD_INPUT ? unreadable(store, deb, what, e) : e;
        }
    }

    /**
     * The control file of a package (deb-control(5)).
     *
     * @throws BuildException as {@link #read} does
     */
    public static byte[] control(Store store, BinaryPackage binary) {
        Digest deb = binary.deb().digest();
        try (InputStream in = new BufferedInputStream(store.read(deb), 1 << 16)) {
            ArArchiveInputStream ar = new ArArchiveInputStream(in);
            requireFormat(ar);
            byte[] control = control(ar, nextControl(ar));
            in.transferTo(OutputStream.nullOutputStream());
            return control;
        } catch (IOException | IllegalArgumentException e) {
            throw unreadable(store, deb, binary.toString(), e);
        }
    }

    private static byte[] control(ArArchiveInputStream ar, ArArchiveEntry member) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(decompress(member.getName(), "control", new Unclosed(ar)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.isFile() && entry.getName().replaceFirst("^\\./", "").equals("control")) {
                    byte[] control = tar.readNBytes(MOST_OF_CONTROL + 1);
                    if (control.length > MOST_OF_CONTROL) {
                        throw new IOException("its control file is larger than " + MOST_OF_CONTROL + " bytes");
                    }
                    return control;
                }
            }
        }
        throw new IOException("it has no control file");
    }

    private static BuildException unreadable(Store store, Digest deb, String what, Exception e) {
        store.verify(deb); // A copy that was altered is the store's fault, and not the package's.
        String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return badInput("The package " + what + " cannot be read: " + reason).because(e);
    }

    private static void extract(InputStream in, Path tar, long limit) throws IOException {
        ArArchiveInputStream ar = new ArArchiveInputStream(in);
        requireFormat(ar);
        nextControl(ar);
        ArArchiveEntry data = nextMember(ar);
        try (InputStream files = decompress(data.getName(), "data", new Unclosed(ar));
                OutputStream out = Files.newOutputStream(tar)) {
            copy(files, out, limit);
        }
        // The store compares the file with its digest once it is read to the end.
        in.transferTo(OutputStream.nullOutputStream());
    }

    private static ArArchiveEntry nextControl(ArArchiveInputStream ar) throws IOException {
        ArArchiveEntry control = nextMember(ar);
        if (!control.getName().startsWith("control.tar")) {
            throw new IOException("found '" + control.getName() + "' where control.tar.* was expected");
        }
        return control;
    }

    private static void requireFormat(ArArchiveInputStream ar) throws IOException {
        String first = nextMember(ar).getName();
        if (!first.equals("debian-binary")) {
            throw new IOException("found '" + first + "' where debian-binary was expected");
        }
        String format = new String(ar.readNBytes(16), StandardCharsets.US_ASCII);
        if (!format.startsWith("2.")) {
            throw new IOException("its format is '" + format.strip() + "', and this program reads 2.0");
        }
    }

    /** The next member; those whose names begin with an underscore are to be passed over (deb(5)). */
    private static ArArchiveEntry nextMember(ArArchiveInputStream ar) throws IOException {
        for (ArArchiveEntry entry = ar.getNextEntry(); entry != null; entry = ar.getNextEntry()) {
            if (!entry.getName().startsWith("_")) {
                return entry;
            }
        }
        throw new EOFException("the archive ends too early");
    }

    private static InputStream decompress(String member, String expected, InputStream in) throws IOException {
        String tar = expected + ".tar";
        return switch (member.startsWith(tar) ? member.substring(tar.length()) : "another member") {
            case ".xz" -> new XZInputStream(in, XZ_MEMORY_KIB);
            case ".zst" -> new ZstdInputStream(in);
            case ".gz" -> new GZIPInputStream(in, 1 << 16);
            case "" -> in;
            default ->
                throw new IOException("found '" + member + "' where " + tar + " with .xz, .zst or .gz was expected");
        };
    }

    private static void copy(InputStream in, OutputStream out, long limit) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long size = 0;
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            size += count;
            if (size > limit) {
                throw new IOException("its files unpack to more than " + limit + " bytes");
            }
            write(out, buffer, count);
        }
    }

    private static void write(OutputStream out, byte[] buffer, int count) {
        try {
            out.write(buffer, 0, count);
        } catch (IOException e) {
            throw noRoom(e);
        }
    }

    private static Path newFile(Scratch scratch) {
        try {
            return Files.createTempFile(scratch.path(), "data-", ".tar");
        } catch (IOException e) {
            throw noRoom(e);
        }
    }

    /** A failure to write is the disk's and not the package's. */
    private static BuildException noRoom(IOException e) {
        return unavailable(
                        "Tried to unpack a package in the store's directory for temporary files, but " + e.getMessage())
                .hint("Perhaps the disk is full: free some space, or choose another place with --cache DIR.")
                .because(e);
    }

    /** Leaves the archive open when a decompressor is closed, which frees the memory of native code. */
    private static final class Unclosed extends FilterInputStream {
        Unclosed(InputStream in) {
            super(in);
        }

        @Override
        public void close() {}
    }
}
