package dev.osie.build.jlink;

import static dev.osie.build.failure.BuildException.badInput;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Takes the static symbol table from an ELF file (System V ABI, "Object Files"), as strip(1) does: 4.6 MB of libjvm.so. The dynamic symbols,
 * by which libraries find each other, are another table and stay. Sections keep their numbers, so nothing that refers to them changes.
 */
final class SymbolTable {
    private static final byte[] MAGIC = {0x7f, 'E', 'L', 'F', 2, 1}; // 64 bits, little endian
    private static final int SECTION_TABLE_OFFSET = 40;
    private static final int SECTION_ENTRY_SIZE = 58;
    private static final int SECTION_COUNT = 60;

    private static final int HEADER_SIZE = 64;
    private static final int TYPE = 4;
    private static final int FLAGS = 8;
    private static final int OFFSET = 24;
    private static final int SIZE = 32;
    private static final int LINK = 40;

    private static final int SYMTAB = 2;
    private static final int NOBITS = 8;
    private static final int ALLOC = 2;

    private SymbolTable() {}

    static boolean isElf(byte[] file) {
        return file.length > HEADER_SIZE
                && ByteBuffer.wrap(file, 0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC));
    }

    /** The file without the table; the same file when it has none. */
    static byte[] strip(byte[] file) {
        try {
            ByteBuffer elf = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
            int table = Math.toIntExact(elf.getLong(SECTION_TABLE_OFFSET));
            int count = elf.getChar(SECTION_COUNT);
            if (count > 0 && elf.getChar(SECTION_ENTRY_SIZE) != HEADER_SIZE) {
                throw badInput("A library of the JDK has section headers of an unknown size");
            }
            Set<Integer> dropped = symbols(elf, table, count);
            return dropped.isEmpty() ? file : without(dropped, elf, table, count);
        } catch (BufferUnderflowException | IndexOutOfBoundsException | ArithmeticException e) {
            throw badInput("A library of the JDK is not a readable ELF file: " + e.getMessage())
                    .because(e);
        }
    }

    /** Numbers of the sections with symbols and their names. */
    private static Set<Integer> symbols(ByteBuffer elf, int table, int count) {
        Set<Integer> sections = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            int header = table + i * HEADER_SIZE;
            if (elf.getInt(header + TYPE) == SYMTAB) {
                sections.add(i);
                sections.add(elf.getInt(header + LINK));
            }
        }
        return sections;
    }

    /** What is loaded into memory stays where it is; the other sections that are left, and the table of sections, move up behind it. */
    private static byte[] without(Set<Integer> dropped, ByteBuffer elf, int table, int count) {
        byte[] headers = new byte[count * HEADER_SIZE];
        elf.get(table, headers);
        ByteBuffer sections = ByteBuffer.wrap(headers).order(ByteOrder.LITTLE_ENDIAN);
        int end = HEADER_SIZE;
        List<Integer> moved = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int header = i * HEADER_SIZE;
            boolean isInFile = sections.getInt(header + TYPE) != NOBITS;
            if (dropped.contains(i)) {
                sections.put(header, new byte[HEADER_SIZE]);
            } else if ((sections.getLong(header + FLAGS) & ALLOC) == 0) {
                moved.add(i);
            } else if (isInFile) {
                end = Math.max(
                        end, Math.toIntExact(sections.getLong(header + OFFSET) + sections.getLong(header + SIZE)));
            }
        }
        ByteBuffer out = ByteBuffer.allocate(elf.capacity() + HEADER_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        out.put(elf.array(), 0, end);
        moved.sort(Comparator.comparing(i -> sections.getLong(i * HEADER_SIZE + OFFSET)));
        for (int i : moved) {
            int offset = Math.toIntExact(sections.getLong(i * HEADER_SIZE + OFFSET));
            int size = Math.toIntExact(sections.getLong(i * HEADER_SIZE + SIZE));
            align(out);
            sections.putLong(i * HEADER_SIZE + OFFSET, size == 0 ? 0 : out.position());
            out.put(elf.array(), offset, size);
        }
        align(out);
        out.putLong(SECTION_TABLE_OFFSET, out.position());
        out.put(headers);
        byte[] stripped = new byte[out.position()];
        out.flip().get(stripped);
        return stripped;
    }

    private static void align(ByteBuffer out) {
        while (out.position() % Long.BYTES != 0) {
            out.put((byte) 0);
        }
    }
}
