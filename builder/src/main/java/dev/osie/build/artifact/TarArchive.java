package dev.osie.build.artifact;

import dev.osie.build.assemble.Osie;
import dev.osie.build.assemble.Part;
import dev.osie.build.initramfs.Entry;
import dev.osie.build.initramfs.Rootfs;
import dev.osie.build.initramfs.Unit;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.PaxRecords;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Writes an OSIE as one tar archive (POSIX pax) with LinuxKit's conventions: the kernel below {@code boot}, then the tree section by
 * section; each entry has the records {@code LINUXKIT.source} and {@code LINUXKIT.location}. Unlike LinuxKit's, it has each path once, and
 * a directory before what it holds.
 */
final class TarArchive {
    private static final String XATTR = "SCHILY.xattr.";
    private static final String SOURCE = "LINUXKIT.source";
    private static final String LOCATION = "LINUXKIT.location";
    private static final String KERNEL = "kernel";

    private final Osie osie;
    private final Store store;
    private final Map<Unit, Part> parts = new HashMap<>();

    TarArchive(Osie osie, Store store) {
        this.osie = osie;
        this.store = store;
        osie.parts().forEach(part -> parts.put(part.unit(), part));
    }

    /** @param rootfs what the OSIE's parts make */
    void write(Rootfs rootfs, OutputStream out) throws IOException {
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        tar.setAddPaxHeadersForNonAsciiNames(true);
        if (osie.vmlinuz().isPresent()) {
            writeBoot(tar, osie.vmlinuz().get());
        }
        rootfs.forEach((unit, entry, content, link) -> write(tar, parts.get(unit), entry, content, link));
        tar.finish();
        out.flush();
    }

    private void writeBoot(TarArchiveOutputStream tar, Blob kernel) throws IOException {
        put(tar, boot("boot", TarConstants.LF_DIR, 0755));
        byte[] cmdline = osie.cmdline().getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = boot("boot/cmdline", TarConstants.LF_NORMAL, 0644);
        entry.setSize(cmdline.length);
        tar.putArchiveEntry(entry);
        tar.write(cmdline);
        tar.closeArchiveEntry();
        putBlob(tar, "boot/kernel", kernel);
        if (osie.ucode().isPresent()) {
            putBlob(tar, "boot/ucode.cpio", osie.ucode().get());
        }
    }

    private void putBlob(TarArchiveOutputStream tar, String path, Blob blob) throws IOException {
        TarArchiveEntry entry = boot(path, TarConstants.LF_NORMAL, 0644);
        entry.setSize(blob.size());
        tar.putArchiveEntry(entry);
        try (InputStream in = store.read(blob.digest())) {
            in.transferTo(tar);
        }
        tar.closeArchiveEntry();
    }

    private TarArchiveEntry boot(String path, byte type, int mode) {
        return entry(path, type, Attributes.root(mode, osie.latestMtime()), osie.kernelSource(), KERNEL);
    }

    private void write(TarArchiveOutputStream tar, Part part, Entry placed, Content content, Optional<String> link)
            throws IOException {
        Entry.Kind kind = placed.kind();
        byte type = link.isPresent() ? TarConstants.LF_LINK : type(kind);
        TarArchiveEntry entry =
                entry(placed.path(), type, placed.attributes(), part.source(), part.location(placed.path()));
        SortedMap<String, byte[]> binary = new TreeMap<>();
        placed.attributes().xattrs().forEach((name, value) -> addAttribute(entry, name, value, binary));
        link.ifPresent(entry::setLinkName);
        if (kind instanceof Entry.Symlink symlink) {
            entry.setLinkName(symlink.target());
        } else if (kind instanceof Entry.Device device) {
            entry.setDevMajor(device.major());
            entry.setDevMinor(device.minor());
        }
        if (type == TarConstants.LF_NORMAL) {
            entry.setSize(content.size());
        }
        if (binary.isEmpty()) {
            tar.putArchiveEntry(entry);
        } else {
            PaxRecords.put(tar, entry, binary);
        }
        if (type == TarConstants.LF_NORMAL) {
            try (InputStream in = content.open()) {
                in.transferTo(tar);
            }
        }
        tar.closeArchiveEntry();
    }

    private static byte type(Entry.Kind kind) {
        if (kind instanceof Entry.Directory) {
            return TarConstants.LF_DIR;
        } else if (kind instanceof Entry.Symlink) {
            return TarConstants.LF_SYMLINK;
        } else if (kind instanceof Entry.Device device) {
            return device.block() ? TarConstants.LF_BLK : TarConstants.LF_CHR;
        } else if (kind instanceof Entry.Fifo) {
            return TarConstants.LF_FIFO;
        }
        return TarConstants.LF_NORMAL;
    }

    private static void put(TarArchiveOutputStream tar, TarArchiveEntry entry) throws IOException {
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }

    private static TarArchiveEntry entry(
            String path, byte type, Attributes attributes, String source, String location) {
        TarArchiveEntry entry = new TarArchiveEntry(path, type);
        entry.setMode(attributes.mode());
        entry.setUserId(attributes.uid());
        entry.setGroupId(attributes.gid());
        entry.setUserName("");
        entry.setGroupName("");
        entry.setLastModifiedTime(FileTime.from(Instant.ofEpochSecond(attributes.mtime())));
        if (!source.isEmpty()) {
            entry.addPaxHeader(SOURCE, source);
        }
        entry.addPaxHeader(LOCATION, location);
        return entry;
    }

    private static void addAttribute(
            TarArchiveEntry entry, String name, String value, SortedMap<String, byte[]> binary) {
        byte[] bytes = HexFormat.of().parseHex(value);
        if (PaxRecords.isText(bytes)) {
            entry.addPaxHeader(XATTR + name, new String(bytes, StandardCharsets.UTF_8));
        } else {
            binary.put(XATTR + name, bytes);
        }
    }
}
