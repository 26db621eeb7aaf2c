package dev.osie.build.oci.archive;

import static dev.osie.build.failure.BuildException.badInput;
import static dev.osie.build.failure.BuildException.unavailable;
import static dev.osie.build.failure.BuildException.verification;

import dev.osie.build.failure.BuildException;
import dev.osie.build.oci.LayerCompression;
import dev.osie.build.oci.LayerIntake;
import dev.osie.build.store.Scratch;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.TreePath;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.tar.TarFile;

/**
 * Files of a tar archive, which may be compressed by gzip or zstd. They are read where they lie; a compressed archive is unpacked beside the
 * store first. Nothing is written under a name that the archive gives.
 */
final class TarFiles implements ImageFiles {
    private final Path archive;
    private final Path tar;
    private final Optional<Scratch> scratch;
    private final Map<String, Content> files = new TreeMap<>();
    private final Map<String, String> links = new TreeMap<>();

    private TarFiles(Path archive, Path tar, Optional<Scratch> scratch) {
        this.archive = archive;
        this.tar = tar;
        this.scratch = scratch;
    }

    static ImageFiles open(Path archive, Store store) {
        try (BufferedInputStream in = new BufferedInputStream(Files.newInputStream(archive), 1 << 16)) {
            LayerCompression compression = LayerCompression.ofBytes(in);
            return compression == LayerCompression.NONE
                    ? indexed(new TarFiles(archive, archive, Optional.empty()))
                    : unpacked(archive, compression, in, store);
        } catch (IOException e) {
            String reason = e instanceof NoSuchFileException ? "there is no such file" : e.getMessage();
            throw unavailable("Tried to read images from the archive " + archive + ", but " + reason + ".")
                    .because(e);
        }
    }

    private static ImageFiles unpacked(Path archive, LayerCompression compression, InputStream in, Store store)
            throws IOException {
        Scratch scratch = store.scratch();
        try {
            Path tar = scratch.path().resolve("archive.tar");
            unpack(archive, compression, in, tar);
            return indexed(new TarFiles(archive, tar, Optional.of(scratch)));
        } catch (IOException | RuntimeException e) {
            scratch.close();
            throw e;
        }
    }

    private static void unpack(Path archive, LayerCompression compression, InputStream in, Path tar)
            throws IOException {
        long limit = LayerIntake.mostOf(Files.size(archive));
        byte[] buffer = new byte[1 << 16];
        try (OutputStream out = Files.newOutputStream(tar)) {
            InputStream unpacked = decompressed(archive, compression, in);
            long size = 0;
            for (int count = read(archive, unpacked, buffer); count >= 0; count = read(archive, unpacked, buffer)) {
                size += count;
                if (size > limit) {
                    throw verification("The archive " + archive + " unpacks to more than " + limit
                            + " bytes, more than any honest one.");
                }
                out.write(buffer, 0, count);
            }
        }
    }

    private static InputStream decompressed(Path archive, LayerCompression compression, InputStream in) {
        try {
            return compression.decompress(in);
        } catch (IOException e) {
            throw damaged(archive, e);
        }
    }

    private static int read(Path archive, InputStream in, byte[] buffer) {
        try {
            return in.read(buffer);
        } catch (IOException e) {
            throw damaged(archive, e);
        }
    }

    private static RuntimeException damaged(Path archive, Exception e) {
        return badInput("The archive " + archive + " is not a readable tar archive: " + e.getMessage() + ".")
                .because(e);
    }

    private static ImageFiles indexed(TarFiles files) {
        try {
            files.index();
            return files;
        } catch (BuildException e) {
            throw e.at(files.archive.toString());
        } catch (IOException | IllegalArgumentException e) { // the second for numbers that are none
            throw damaged(files.archive, e);
        }
    }

    private void index() throws IOException {
        long size = Files.size(tar);
        try (TarFile reader = new TarFile(
                new HeaderChannel(Files.newByteChannel(tar)), 512, 512, StandardCharsets.UTF_8.name(), false)) {
            for (TarArchiveEntry entry : reader.getEntries()) {
                String path = TreePath.of(entry.getName());
                if (entry.isSymbolicLink()) {
                    add(links, path, target(TreePath.parent(path), entry.getLinkName()));
                } else if (entry.isLink()) {
                    add(links, path, target("", entry.getLinkName()));
                } else if (isRegular(entry)) {
                    if (entry.getSize() < 0 || entry.getDataOffset() + entry.getSize() > size) {
                        throw new IOException("its entry '" + path + "' should have " + entry.getSize()
                                + " bytes, and the archive ends before");
                    }
                    add(files, path, Content.slice(tar, entry.getDataOffset(), entry.getSize()));
                }
            }
        }
        if (files.isEmpty()) {
            throw new IOException("it holds no file");
        }
    }

    private static boolean isRegular(TarArchiveEntry entry) {
        byte type = entry.getLinkFlag();
        return type == TarConstants.LF_NORMAL || type == TarConstants.LF_OLDNORM && !entry.isDirectory();
    }

    private <T> void add(Map<String, T> map, String path, T value) throws IOException {
        if (files.containsKey(path) || links.containsKey(path)) {
            throw new IOException("it has the entry '" + path + "' twice");
        }
        map.put(path, value);
    }

    /** The entry that a link leads to; Docker before version 25 stored a layer that two images share as a link. */
    private static String target(String directory, String link) throws IOException {
        Deque<String> parts = new ArrayDeque<>();
        String whole = link.startsWith("/") ? link : directory + "/" + link;
        for (String part : Arrays.asList(whole.split("/"))) {
            if (part.equals("..") && parts.pollLast() == null) {
                throw new IOException("it has a link to '" + link + "', which leaves the archive");
            } else if (!part.isEmpty() && !part.equals(".") && !part.equals("..")) {
                parts.addLast(part);
            }
        }
        return String.join("/", parts);
    }

    @Override
    public Optional<Content> find(String path) throws IOException {
        String target = links.getOrDefault(path, path);
        Optional<Content> found = Optional.ofNullable(files.get(target));
        if (found.isEmpty() && links.containsKey(path)) {
            throw new IOException("'" + path + "' is a link to '" + target + "', which is no file of the archive");
        }
        return found;
    }

    @Override
    public String toString() {
        return archive.toString();
    }

    @Override
    public void close() {
        scratch.ifPresent(Scratch::close);
    }
}
