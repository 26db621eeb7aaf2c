package dev.osie.build.jlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SymbolTableTest {
    private static final int PROGBITS = 1;
    private static final int SYMTAB = 2;
    private static final int STRTAB = 3;
    private static final int NOBITS = 8;
    private static final String CODE = "machine code";
    private static final String NAMES = "names of sections";

    @Test
    void dropsSymbolsAndTheirNamesAndKeepsTheRestReadable() {
        byte[] library = library();

        byte[] stripped = SymbolTable.strip(library);

        ByteBuffer elf = ByteBuffer.wrap(stripped).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(stripped.length).isLessThanOrEqualTo(library.length - 2000);
        assertThat((int) elf.getChar(60)).as("sections keep their numbers").isEqualTo(6);
        assertThat(section(elf, 1)).isEqualTo(CODE);
        assertThat(type(elf, 2)).as("symbols").isZero();
        assertThat(type(elf, 3)).as("names of symbols").isZero();
        assertThat(section(elf, 4)).isEqualTo(NAMES);
        assertThat(type(elf, 5)).isEqualTo(NOBITS);
        assertThat(Arrays.copyOfRange(stripped, 64, 64 + CODE.length()))
                .as("what is loaded stays where it is")
                .isEqualTo(CODE.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void leavesALibraryWithoutSymbolsAsItIs() {
        byte[] stripped = SymbolTable.strip(library());

        assertThat(SymbolTable.strip(stripped)).isSameAs(stripped);
    }

    @Test
    void refusesALibraryWhoseSectionsLieOutsideOfIt() {
        byte[] truncated = Arrays.copyOf(library(), 200);

        assertThat(SymbolTable.isElf(truncated)).isTrue();
        assertThatThrownBy(() -> SymbolTable.strip(truncated))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("not a readable ELF file");
    }

    @Test
    void knowsWhatIsNoLibrary() {
        assertThat(SymbolTable.isElf("#!/bin/sh".getBytes(StandardCharsets.US_ASCII)))
                .isFalse();
        assertThat(SymbolTable.isElf(new byte[0])).isFalse();
    }

    /** Code, 1000 bytes of symbols, 1000 of their names, the sections' names, and memory that is in no file. */
    private static byte[] library() {
        ByteBuffer elf = ByteBuffer.allocate(64 + 16 + 2000 + 24 + 6 * 64).order(ByteOrder.LITTLE_ENDIAN);
        elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1});
        elf.position(64);
        elf.put(CODE.getBytes(StandardCharsets.US_ASCII)).position(80);
        elf.position(2080);
        elf.put(NAMES.getBytes(StandardCharsets.US_ASCII)).position(2104);
        elf.putLong(40, elf.position())
                .putChar(58, (char) 64)
                .putChar(60, (char) 6)
                .putChar(62, (char) 4);
        header(elf, 0, 0, 0, 0, 0);
        header(elf, PROGBITS, 2, 64, CODE.length(), 0);
        header(elf, SYMTAB, 0, 80, 1000, 3);
        header(elf, STRTAB, 0, 1080, 1000, 0);
        header(elf, STRTAB, 0, 2080, NAMES.length(), 0);
        header(elf, NOBITS, 2, 80, 1 << 20, 0);
        return elf.array();
    }

    private static void header(ByteBuffer elf, int type, long flags, long offset, long size, int link) {
        elf.putInt(0)
                .putInt(type)
                .putLong(flags)
                .putLong(0)
                .putLong(offset)
                .putLong(size)
                .putInt(link);
        elf.putInt(0).putLong(0).putLong(0);
    }

    private static int type(ByteBuffer elf, int section) {
        return elf.getInt((int) elf.getLong(40) + section * 64 + 4);
    }

    private static String section(ByteBuffer elf, int section) {
        int header = (int) elf.getLong(40) + section * 64;
        byte[] content = new byte[(int) elf.getLong(header + 32)];
        elf.get((int) elf.getLong(header + 24), content);
        return new String(content, StandardCharsets.US_ASCII);
    }
}
