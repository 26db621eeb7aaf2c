package dev.osie.build.initramfs;

import dev.osie.build.store.Digest;
import dev.osie.build.tree.Attributes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The text form of a list of entries: mtree(5) with full paths, so that {@code bsdtar -tvf} reads it too. Two keywords are ours:
 * {@code implied} marks a directory nobody put, {@code xattr.NAME} an extended attribute that stayed behind, its value in hexadecimal.
 */
final class EntryList {
    private static final String SIGNATURE = "#mtree\n";
    private static final String XATTR = "xattr.";

    private EntryList() {}

    static byte[] encode(List<Entry> entries) {
        StringBuilder text = new StringBuilder(SIGNATURE);
        for (Entry entry : entries) {
            text.append(entry.path().isEmpty() ? "." : "./" + escape(entry.path()));
            Attributes attributes = entry.attributes();
            text.append(" mode=0").append(Integer.toOctalString(attributes.mode()));
            text.append(" uid=").append(attributes.uid()).append(" gid=").append(attributes.gid());
            text.append(" time=").append(attributes.mtime()).append(".0");
            appendKind(text, entry.kind());
            attributes
                    .xattrs()
                    .forEach((name, value) -> text.append(' ')
                            .append(XATTR)
                            .append(escape(name))
                            .append('=')
                            .append(value));
            text.append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void appendKind(StringBuilder text, Entry.Kind kind) {
        if (kind instanceof Entry.Directory directory) {
            text.append(" type=dir").append(directory.implied() ? " implied" : "");
        } else if (kind instanceof Entry.RegularFile file) {
            text.append(" type=file size=")
                    .append(file.size())
                    .append(" inode=")
                    .append(file.inode());
            file.content().ifPresent(digest -> text.append(" sha256=").append(digest.hex()));
        } else if (kind instanceof Entry.Symlink link) {
            text.append(" type=link link=").append(escape(link.target()));
        } else if (kind instanceof Entry.Device device) {
            text.append(" type=").append(device.block() ? "block" : "char");
            text.append(" device=native,").append(device.major()).append(',').append(device.minor());
        } else if (kind instanceof Entry.Fifo) {
            text.append(" type=fifo");
        }
    }

    static List<Entry> decode(byte[] encoded) {
        List<Entry> entries = new ArrayList<>();
        String text = new String(encoded, StandardCharsets.UTF_8);
        text.lines().skip(1).forEach(line -> entries.add(entry(line)));
        return List.copyOf(entries);
    }

    private static Entry entry(String line) {
        String[] words = line.split(" ");
        Map<String, String> keywords = new HashMap<>();
        SortedMap<String, String> xattrs = new TreeMap<>();
        for (int i = 1; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            String name = equals < 0 ? words[i] : words[i].substring(0, equals);
            String value = words[i].substring(equals + 1);
            if (name.startsWith(XATTR)) {
                xattrs.put(unescape(name.substring(XATTR.length())), value);
            } else {
                keywords.put(name, value);
            }
        }
        String time = keywords.get("time");
        Attributes attributes = new Attributes(
                Integer.parseInt(keywords.get("mode"), 8),
                Long.parseLong(keywords.get("uid")),
                Long.parseLong(keywords.get("gid")),
                Long.parseLong(time.substring(0, time.indexOf('.'))),
                xattrs);
        return new Entry(words[0].equals(".") ? "" : unescape(words[0].substring(2)), kind(keywords), attributes);
    }

    private static Entry.Kind kind(Map<String, String> keywords) {
        String type = keywords.get("type");
        return switch (type) {
            case "dir" -> new Entry.Directory(keywords.containsKey("implied"));
            case "file" ->
                new Entry.RegularFile(
                        Long.parseLong(keywords.get("size")),
                        Optional.ofNullable(keywords.get("sha256")).map(Digest::new),
                        Long.parseLong(keywords.get("inode")));
            case "link" -> new Entry.Symlink(unescape(keywords.get("link")));
            case "block", "char" -> {
                String[] device = keywords.get("device").split(",");
                yield new Entry.Device(type.equals("block"), Integer.parseInt(device[1]), Integer.parseInt(device[2]));
            }
            case "fifo" -> new Entry.Fifo();
            default -> throw new IllegalStateException("an entry list of ours has the unknown type " + type);
        };
    }

    /** As vis(3) writes it: what would end a word or a line, and the backslash, in three octal digits. */
    private static String escape(String text) {
        if (text.chars().noneMatch(EntryList::isSpecial)) {
            return text;
        }
        StringBuilder escaped = new StringBuilder();
        text.chars().forEach(c -> {
            if (isSpecial(c)) {
                escaped.append('\\').append((char) ('0' + (c >> 6))).append((char) ('0' + (c >> 3 & 7)));
                escaped.append((char) ('0' + (c & 7)));
            } else {
                escaped.append((char) c);
            }
        });
        return escaped.toString();
    }

    private static boolean isSpecial(int c) {
        return c <= ' ' || c == '\\' || c == '#' || c == '=' || c == 0x7f;
    }

    private static String unescape(String text) {
        int backslash = text.indexOf('\\');
        if (backslash < 0) {
            return text;
        }
        StringBuilder plain = new StringBuilder(text);
        for (; backslash >= 0; backslash = plain.indexOf("\\", backslash + 1)) {
            char c = (char) Integer.parseInt(plain.substring(backslash + 1, backslash + 4), 8);
            plain.replace(backslash, backslash + 4, String.valueOf(c));
        }
        return plain.toString();
    }
}
