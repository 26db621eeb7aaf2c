package dev.osie.build.initramfs;

import com.github.luben.zstd.Zstd;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the kernel makes of an initramfs, by the rules of its init/initramfs.c (6.12), with their pitfalls: an existing file is
 * truncated in place whatever other names it has, what has no parent is dropped in silence, a directory that holds something is not
 * replaced, and hard links are forgotten at the end of each archive.
 */
public final class KernelModel {
    /** A file of the model. */
    public static final class Inode {
        public int mode;
        public long uid;
        public long gid;
        public long mtime;
        public byte[] data = new byte[0];
        int major;
        int minor;

        boolean isA(int type) {
            return (mode & NewcHeader.TYPE_BITS) == type;
        }

        String text() {
            return new String(data, StandardCharsets.UTF_8);
        }
    }

    private final SortedMap<String, Inode> files = new TreeMap<>();
    private final Map<Long, String> links = new HashMap<>();

    private KernelModel() {
        Inode root = new Inode();
        root.mode = NewcHeader.DIRECTORY | 01777; // a tmpfs's
        files.put("", root);
    }

    /** The file system after unpacking; fails where the kernel reports an error. */
    public static SortedMap<String, Inode> unpack(byte[] initramfs) {
        KernelModel model = new KernelModel();
        int position = 0;
        boolean afterPlain = false;
        while (position < initramfs.length) {
            if (initramfs[position] == 0) {
                position++;
            } else if (initramfs[position] == '0' && position % 4 == 0) {
                position += model.archives(initramfs, position, initramfs.length);
                afterPlain = true;
            } else {
                if (afterPlain && position % 4 != 0) {
                    throw new IllegalStateException("broken padding");
                }
                byte[] rest = Arrays.copyOfRange(initramfs, position, initramfs.length);
                int length = (int) Zstd.findFrameCompressedSize(rest);
                byte[] archive = Zstd.decompress(Arrays.copyOf(rest, length), (int) Zstd.getFrameContentSize(rest));
                if (model.archives(archive, 0, archive.length) != archive.length) {
                    throw new IllegalStateException("junk within compressed archive");
                }
                position += length;
                afterPlain = false;
            }
        }
        return model.files;
    }

    /** Unpacks one archive and the zeros after it; the number of bytes taken. */
    private int archives(byte[] bytes, int start, int end) {
        int position = start;
        while (true) {
            if (!text(bytes, position, 6).equals("070701")) {
                throw new IllegalStateException("no cpio magic");
            }
            long[] fields = new long[13];
            for (int i = 0; i < fields.length; i++) {
                fields[i] = Long.parseLong(text(bytes, position + 6 + 8 * i, 8), 16);
            }
            int size = (int) fields[6];
            String name = text(bytes, position + 110, (int) fields[11] - 1);
            int data = position + (110 + (int) fields[11] + 3 & ~3);
            position = data + (size + 3 & ~3);
            if (name.equals("TRAILER!!!")) {
                links.clear();
                while (position < end && bytes[position] == 0) {
                    position++;
                }
                return position - start;
            }
            entry(fields, name.equals(".") ? "" : name, Arrays.copyOfRange(bytes, data, data + size));
        }
    }

    private static String text(byte[] bytes, int offset, int length) {
        return new String(bytes, offset, length, StandardCharsets.UTF_8);
    }

    private void entry(long[] fields, String name, byte[] data) {
        int type = (int) fields[1] & NewcHeader.TYPE_BITS;
        String path = walk(name);
        if (path == null) {
            return;
        }
        boolean link = type == NewcHeader.SYMLINK;
        clean(path, link ? 0 : type);
        if (type == NewcHeader.REGULAR_FILE) {
            String old = fields[4] >= 2 ? links.putIfAbsent(fields[0], path) : null;
            if (old != null) {
                clean(path, 0);
                if (files.containsKey(path) || !files.containsKey(old)) {
                    return;
                }
                files.put(path, files.get(old));
            }
            Inode file = files.computeIfAbsent(path, key -> new Inode());
            if (file.isA(NewcHeader.DIRECTORY)) {
                return;
            }
            set(file, fields);
            if (old == null || data.length > 0) {
                file.data = data;
            }
        } else if (type == NewcHeader.DIRECTORY) {
            set(files.computeIfAbsent(path, key -> new Inode()), fields);
        } else {
            if (files.containsKey(path)) {
                return; // symlink and mknod don't replace
            }
            Inode node = new Inode();
            set(node, fields);
            node.data = data;
            node.major = (int) fields[9];
            node.minor = (int) fields[10];
            files.put(path, node);
        }
    }

    private static void set(Inode inode, long[] fields) {
        inode.mode = (int) fields[1];
        inode.uid = fields[2];
        inode.gid = fields[3];
        inode.mtime = fields[5];
    }

    private void clean(String path, int type) {
        Inode there = files.get(path);
        if (there != null && (there.mode & NewcHeader.TYPE_BITS) != type) {
            boolean holds = !files.subMap(path + "/", path + "0").isEmpty();
            if (!there.isA(NewcHeader.DIRECTORY) || !holds) {
                files.remove(path);
            }
        }
    }

    /** The path with the links of its parents followed; null when a parent is missing. */
    private String walk(String name) {
        List<String> parts = new ArrayList<>(List.of(name.split("/")));
        String path = "";
        for (int i = 0; i < parts.size() - 1; i++) {
            String next = path.isEmpty() ? parts.get(i) : path + "/" + parts.get(i);
            Inode inode = files.get(next);
            if (inode == null) {
                return null;
            }
            if (inode.isA(NewcHeader.SYMLINK)) {
                String target = new Redirects().resolve(next, inode.text());
                inode = files.get(target);
                next = target;
            }
            if (inode == null || !inode.isA(NewcHeader.DIRECTORY)) {
                return null;
            }
            path = next;
        }
        String last = parts.get(parts.size() - 1);
        return path.isEmpty() ? last : path + "/" + last;
    }
}
