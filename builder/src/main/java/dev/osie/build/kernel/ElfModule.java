package dev.osie.build.kernel;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads a kernel module: a relocatable 64-bit little-endian ELF object (System V ABI, chapter 4). Every offset is checked against the
 * file before it is followed; a file that lies is an error that names it.
 */
final class ElfModule {
    private static final int HEADER_SIZE = 64;
    private static final int SECTION_HEADER_SIZE = 64;
    private static final int SYMBOL_SIZE = 24;
    private static final int ET_REL = 1;
    private static final int SHT_SYMTAB = 2;
    private static final int SHT_NOBITS = 8;
    private static final int SHN_UNDEF = 0;
    private static final int STB_WEAK = 2;
    private static final int VERSION_SIZE = 64;
    private static final byte[] MAGIC = {0x7f, 'E', 'L', 'F', 2 /* 64 bits */, 1 /* little-endian */};
    private static final byte[] VERSION = "__crc_".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EXPORT = "__ksymtab_".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SIGNATURE = "~Module signature appended~\n".getBytes(StandardCharsets.US_ASCII);

    private final String path;
    private final byte[] bytes;
    private final ByteBuffer elf;
    private final List<Section> sections;

    /** Whether its exported symbols have versions (CONFIG_MODVERSIONS). */
    private boolean hasVersions;

    private record Section(int name, int type, int offset, int size, int link) {}

    private ElfModule(String path, byte[] bytes, int length, Architecture architecture) {
        this.path = path;
        this.bytes = bytes;
        this.elf = ByteBuffer.wrap(bytes, 0, length).order(ByteOrder.LITTLE_ENDIAN);
        if (length < HEADER_SIZE || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw broken("it is not a 64-bit little-endian ELF object");
        }
        if (elf.getShort(16) != ET_REL) {
            throw broken("it is not a relocatable object");
        }
        int machine = Short.toUnsignedInt(elf.getShort(18));
        if (machine != machine(architecture)) {
            throw broken("it is made for another machine (ELF machine " + machine + ") than " + architecture);
        }
        this.sections = sections();
    }

    /**
     * Reads the first {@code length} bytes of an array as a module.
     *
     * @throws BuildException when they are not a whole module for the architecture
     */
    static ModuleFacts read(String path, byte[] bytes, int length, Architecture architecture) {
        return new ElfModule(path, bytes, length, architecture).facts();
    }

    /**
     * Reads what decides whether a kernel loads the module.
     *
     * @throws BuildException as {@link #read} does
     */
    static ModuleLinks links(String path, byte[] bytes, int length, Architecture architecture) {
        return new ElfModule(path, bytes, length, architecture).links();
    }

    private static int machine(Architecture architecture) {
        return switch (architecture) {
            case X86_64 -> 62;
            case AARCH64 -> 183;
        };
    }

    private List<Section> sections() {
        int count = Short.toUnsignedInt(elf.getShort(60));
        if (count == 0 || Short.toUnsignedInt(elf.getShort(58)) != SECTION_HEADER_SIZE) {
            throw broken("it has no section headers");
        }
        int table = checked(elf.getLong(40), (long) count * SECTION_HEADER_SIZE, "the section headers");
        List<Section> found = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int header = table + i * SECTION_HEADER_SIZE;
            int type = elf.getInt(header + 4);
            long size = type == SHT_NOBITS ? 0 : elf.getLong(header + 32);
            int offset = size == 0 ? 0 : checked(elf.getLong(header + 24), size, "the bytes of section " + i);
            found.add(new Section(elf.getInt(header), type, offset, (int) size, elf.getInt(header + 40)));
        }
        return found;
    }

    private ModuleFacts facts() {
        List<String> exports = new ArrayList<>();
        List<String> needs = new ArrayList<>();
        readSymbols(exports, needs, needs);
        return modinfo().facts(path, exports, needs);
    }

    private ModuleLinks links() {
        List<String> exports = new ArrayList<>();
        List<String> needs = new ArrayList<>();
        readSymbols(exports, needs, new ArrayList<>());
        // Relocations refer to it, and the kernel passes it over.
        needs.remove("_GLOBAL_OFFSET_TABLE_");
        return modinfo().links(path, exports, needs, versions(), isSigned());
    }

    private Modinfo modinfo() {
        Modinfo modinfo = new Modinfo();
        section(".modinfo").ifPresent(section -> strings(section).forEach(modinfo::add));
        return modinfo;
    }

    /** Entries of 64 bytes, a checksum of eight and the symbol's name; or, of extended versions, checksums here and names there. */
    private SortedMap<String, Integer> versions() {
        SortedMap<String, Integer> versions = new TreeMap<>();
        section("__version_ext_crcs").ifPresent(checksums -> {
            List<String> names =
                    section("__version_ext_names").map(this::strings).orElse(List.of());
            if (checksums.size() != names.size() * Integer.BYTES) {
                throw broken("it has versions of other symbols than it names");
            }
            for (int i = 0; i < names.size(); i++) {
                versions.put(
                        PrintableAscii.require(names.get(i), "The name of a symbol of the kernel module " + path),
                        elf.getInt(checksums.offset() + i * Integer.BYTES));
            }
        });
        section("__versions").ifPresent(table -> {
            if (table.size() % VERSION_SIZE != 0) {
                throw broken("its table of symbol versions is cut off");
            }
            for (int at = 0; at < table.size(); at += VERSION_SIZE) {
                Section name = new Section(0, 0, table.offset() + at + 8, VERSION_SIZE - 8, 0);
                versions.put(symbol(name, 0), (int) elf.getLong(table.offset() + at));
            }
        });
        return versions;
    }

    private boolean isSigned() {
        int end = elf.limit();
        return end >= SIGNATURE.length
                && Arrays.equals(bytes, end - SIGNATURE.length, end, SIGNATURE, 0, SIGNATURE.length);
    }

    /** @param weak those of the needed symbols that may be missing */
    private void readSymbols(List<String> exports, List<String> needs, List<String> weak) {
        sections.stream()
                .filter(section -> section.type() == SHT_SYMTAB)
                .findFirst()
                .ifPresent(symbols -> readSymbols(symbols, exports, needs, weak));
        if (!hasVersions) {
            // Of such a module depmod takes all strings for symbols, those that name a namespace, too.
            exports.clear();
            section("__ksymtab_strings")
                    .ifPresent(section -> strings(section).forEach(each -> exports.add(symbol(each))));
        }
    }

    private void readSymbols(Section table, List<String> exports, List<String> needs, List<String> weak) {
        Section names = section(table.link(), "the names of its symbols");
        if (table.size() % SYMBOL_SIZE != 0) {
            throw broken("its symbol table is cut off");
        }
        // The first symbol is the undefined one that every table begins with.
        for (int symbol = table.offset() + SYMBOL_SIZE; symbol < table.offset() + table.size(); symbol += SYMBOL_SIZE) {
            int name = elf.getInt(symbol);
            if (Short.toUnsignedInt(elf.getShort(symbol + 6)) == SHN_UNDEF) {
                boolean isWeak = (elf.get(symbol + 4) & 0xff) >> 4 == STB_WEAK;
                (isWeak ? weak : needs).add(symbol(names, name));
            } else if (startsWith(names, name, VERSION)) {
                hasVersions = true;
            } else if (startsWith(names, name, EXPORT)) {
                exports.add(symbol(names, name + EXPORT.length));
            }
        }
    }

    private Optional<Section> section(String name) {
        Section names = section(Short.toUnsignedInt(elf.getShort(62)), "the names of its sections");
        byte[] wanted = (name + '\0').getBytes(StandardCharsets.US_ASCII);
        return sections.stream()
                .filter(section -> startsWith(names, section.name(), wanted))
                .findFirst();
    }

    private Section section(int index, String what) {
        if (index < 0 || index >= sections.size()) {
            throw broken(what + " lie in section " + index + " of " + sections.size());
        }
        return sections.get(index);
    }

    private boolean startsWith(Section table, int at, byte[] wanted) {
        if (at < 0 || at > table.size() - wanted.length) {
            return false;
        }
        int from = table.offset() + at;
        return Arrays.equals(bytes, from, from + wanted.length, wanted, 0, wanted.length);
    }

    /** The NUL-terminated strings of a section. */
    private List<String> strings(Section section) {
        List<String> found = new ArrayList<>();
        for (int at = 0; at < section.size(); ) {
            if (bytes[section.offset() + at] == 0) {
                at++;
                continue;
            }
            int length = length(section, at);
            found.add(new String(bytes, section.offset() + at, length, StandardCharsets.UTF_8));
            at += length + 1;
        }
        return found;
    }

    private String symbol(Section table, int at) {
        return symbol(new String(bytes, table.offset() + at, length(table, at), StandardCharsets.UTF_8));
    }

    private String symbol(String name) {
        if (name.indexOf(' ') >= 0) {
            throw broken("the name of a symbol contains a space: '" + name + "'");
        }
        return PrintableAscii.require(name, "The name of a symbol of the kernel module " + path);
    }

    /** How many bytes precede the NUL that ends the string. */
    private int length(Section table, int at) {
        if (at >= 0) {
            for (int end = at; end < table.size(); end++) {
                if (bytes[table.offset() + end] == 0) {
                    return end - at;
                }
            }
        }
        throw broken("a string at " + at + " runs over the end of its table");
    }

    private int checked(long offset, long size, String what) {
        if (offset < 0 || size < 0 || offset > elf.limit() || size > elf.limit() - offset) {
            throw broken(what + " lie outside of the file (" + size + " bytes at " + Long.toUnsignedString(offset)
                    + " of " + elf.limit() + ")");
        }
        return (int) offset;
    }

    private BuildException broken(String reason) {
        return badInput("Tried to read the kernel module " + path + ", but " + reason);
    }
}
