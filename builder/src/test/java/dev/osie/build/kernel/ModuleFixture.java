package dev.osie.build.kernel;

import dev.osie.build.platform.Architecture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZOutputStream;

/** Writes small kernel modules: relocatable ELF objects with just the sections that say what a module is. */
public final class ModuleFixture {
    private static final int SHT_PROGBITS = 1;
    private static final int SHT_SYMTAB = 2;
    private static final int SHT_STRTAB = 3;

    private final Architecture architecture;
    private final List<String> modinfo = new ArrayList<>();
    private final List<String> exports = new ArrayList<>();
    private final List<String> needs = new ArrayList<>();
    private final ByteArrayOutputStream versions = new ByteArrayOutputStream();
    private boolean signed;

    private record Section(String name, int type, byte[] content, int link, int entrySize) {}

    private ModuleFixture(Architecture architecture) {
        this.architecture = architecture;
    }

    public static ModuleFixture module() {
        return module(Architecture.X86_64);
    }

    public static ModuleFixture module(Architecture architecture) {
        return new ModuleFixture(architecture);
    }

    public ModuleFixture info(String key, String value) {
        modinfo.add(key + "=" + value);
        return this;
    }

    public ModuleFixture exports(String... symbols) {
        exports.addAll(List.of(symbols));
        return this;
    }

    public ModuleFixture needs(String... symbols) {
        needs.addAll(List.of(symbols));
        return this;
    }

    /** Needs a symbol as it was when it had a checksum. */
    public ModuleFixture needs(String symbol, int checksum) {
        byte[] name = text(symbol);
        versions.writeBytes(
                little(64).putLong(Integer.toUnsignedLong(checksum)).put(name).array());
        return needs(symbol);
    }

    public ModuleFixture signed() {
        signed = true;
        return this;
    }

    public byte[] toElf() {
        StringTable names = new StringTable();
        byte[] symbols = symbols(names);
        List<Section> sections = List.of(
                new Section("", 0, new byte[0], 0, 0),
                new Section(".modinfo", SHT_PROGBITS, text(String.join("\0", modinfo) + "\0"), 0, 0),
                new Section("__ksymtab_strings", SHT_PROGBITS, text(String.join("\0", exports) + "\0"), 0, 0),
                new Section(".symtab", SHT_SYMTAB, symbols, 4, 24),
                new Section(".strtab", SHT_STRTAB, names.toBytes(), 0, 0),
                new Section("__versions", SHT_PROGBITS, versions.toByteArray(), 0, 0));
        byte[] file = file(sections);
        byte[] signature = text("a signature~Module signature appended~\n");
        byte[] all = Arrays.copyOf(file, file.length + (signed ? signature.length : 0));
        System.arraycopy(signature, 0, all, file.length, all.length - file.length);
        return all;
    }

    public byte[] toXz() {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (XZOutputStream xz = new XZOutputStream(out, new LZMA2Options(0), XZ.CHECK_CRC32)) {
                xz.write(toElf());
            }
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] symbols(StringTable names) {
        ByteBuffer table = little(24 * (1 + exports.size() + needs.size()));
        table.position(24);
        exports.forEach(symbol -> symbol(table, names.add("__ksymtab_" + symbol), 2));
        needs.forEach(symbol -> symbol(table, names.add(symbol), 0));
        return table.array();
    }

    private static void symbol(ByteBuffer table, int name, int section) {
        table.putInt(name).put((byte) 0x10).put((byte) 0).putShort((short) section);
        table.putLong(0).putLong(0);
    }

    private byte[] file(List<Section> sections) {
        StringTable sectionNames = new StringTable();
        List<Section> all = new ArrayList<>(sections);
        List<Integer> names = new ArrayList<>();
        sections.forEach(section -> names.add(sectionNames.add(section.name())));
        names.add(sectionNames.add(".shstrtab"));
        all.add(new Section(".shstrtab", SHT_STRTAB, sectionNames.toBytes(), 0, 0));
        int table =
                64 + all.stream().mapToInt(section -> section.content().length).sum();
        ByteBuffer elf = little(table + 64 * all.size());
        elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
        elf.position(16);
        elf.putShort((short) 1)
                .putShort((short) (architecture == Architecture.X86_64 ? 62 : 183))
                .putInt(1);
        elf.position(40);
        elf.putLong(table).putInt(0).putShort((short) 64);
        elf.position(58);
        elf.putShort((short) 64).putShort((short) all.size()).putShort((short) (all.size() - 1));
        int offset = 64;
        for (int i = 0; i < all.size(); i++) {
            Section section = all.get(i);
            elf.position(offset);
            elf.put(section.content());
            elf.position(table + 64 * i);
            elf.putInt(names.get(i)).putInt(section.type());
            elf.position(table + 64 * i + 24);
            elf.putLong(offset).putLong(section.content().length);
            elf.putInt(section.link()).putInt(0).putLong(1).putLong(section.entrySize());
            offset += section.content().length;
        }
        return elf.array();
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static final class StringTable {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        StringTable() {
            bytes.write(0);
        }

        int add(String text) {
            int at = bytes.size();
            bytes.writeBytes(text(text + "\0"));
            return at;
        }

        byte[] toBytes() {
            return bytes.toByteArray();
        }
    }
}
