package dev.osie.build.vm;

import dev.osie.build.platform.Architecture;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A guest of a few instructions that counts down from a hundred million, and then ends QEMU as nothing else would.
 *
 * @param image what the machine starts
 * @param isProof whether an ended QEMU is one that the guest has ended
 */
record ProbeGuest(byte[] image, Predicate<Ending> isProof) {
    /** QEMU's debug-exit device turns a value v written to its port into the status 2v+1. */
    private static final int VALUE = 0x2a;

    private static final int SECTOR_SIZE = 512;

    /** A boot sector (loaded at 0x7c00), by instruction. It enters 64-bit mode as a kernel does. */
    private static final String X86_64 = """
            fa                    cli
            31c0                  xor   ax, ax
            8ed8                  mov   ds, ax
            8ec0                  mov   es, ax
            66bf00100000          mov   edi, 0x1000          ; page tables of the first 2 MiB at 0x1000, 0x2000, 0x3000
            0f22df                mov   cr3, edi
            6631c0                xor   eax, eax
            b9000c                mov   cx, 0xc00
            fc                    cld
            66f3ab                rep stosd
            66c706001003200000    mov   dword [0x1000], 0x2003
            66c706002003300000    mov   dword [0x2000], 0x3003
            66c706003083000000    mov   dword [0x3000], 0x0083
            0f20e0                mov   eax, cr4             ; physical address extension
            0c20                  or    al, 0x20
            0f22e0                mov   cr4, eax
            66b9800000c0          mov   ecx, 0xc0000080      ; long mode enable in EFER
            0f32                  rdmsr
            80cc01                or    ah, 1
            0f30                  wrmsr
            0f20c0                mov   eax, cr0             ; paging and protection
            660d01000080          or    eax, 0x80000001
            0f22c0                mov   cr0, eax
            0f0116807c            lgdt  [0x7c80]
            ea607c0800            jmp   8:0x7c60
            b900e1f505            mov   ecx, 100000000       ; 0x7c60, from here in 64-bit mode
            ffc9                  dec   ecx
            75fc                  jnz   $-2
            b02a                  mov   al, 0x2a
            e6f4                  out   0xf4, al
            f4                    hlt
            ebfd                  jmp   $-1
            0000000000000000      descriptor 0, none         ; 0x7c70
            00000000009a2000      descriptor 8, 64-bit code
            0f00707c0000          limit and address of both  ; 0x7c80
            """;

    /** A kernel without a header, which QEMU starts as it stands, in 64-bit mode. */
    private static final String AARCH64 = """
            a1bea052    movz  w1, #0x5f5, lsl #16      ; 100000000
            01209c72    movk  w1, #0xe100
            21040071    subs  w1, w1, #1
            e1ffff54    b.ne  .-4
            0220a1d2    movz  x2, #0x900, lsl #16      ; the serial port
            e30d8052    movz  w3, #'o'
            430000b9    str   w3, [x2]
            630e8052    movz  w3, #'s'
            430000b9    str   w3, [x2]
            230d8052    movz  w3, #'i'
            430000b9    str   w3, [x2]
            a30c8052    movz  w3, #'e'
            430000b9    str   w3, [x2]
            0080b052    movz  w0, #0x8400, lsl #16     ; SYSTEM_OFF (Arm's power state coordination interface)
            00018072    movk  w0, #8
            020000d4    hvc   #0
            00000014    b     .
            """;

    /**
     * How QEMU ended.
     *
     * @param serial what came out of the guest's serial port
     */
    record Ending(int status, String serial) {}

    static ProbeGuest of(Architecture architecture) {
        return switch (architecture) {
            case X86_64 -> new ProbeGuest(bootSector(code(X86_64)), ending -> ending.status() == 2 * VALUE + 1);
            case AARCH64 -> new ProbeGuest(code(AARCH64), ending -> ending.equals(new Ending(0, "osie")));
        };
    }

    /** The options by which QEMU starts the guest from a file. */
    static List<String> options(Architecture architecture, String file) {
        return switch (architecture) {
            case X86_64 ->
                List.of(
                        "-device",
                        "isa-debug-exit,iobase=0xf4,iosize=1",
                        "-drive",
                        "format=raw,file=" + file.replace(",", ",,"));
            case AARCH64 -> List.of("-serial", "stdio", "-kernel", file);
        };
    }

    private static byte[] code(String listing) {
        String code = listing.lines().map(line -> line.split(" ", 2)[0]).collect(Collectors.joining());
        return HexFormat.of().parseHex(code);
    }

    private static byte[] bootSector(byte[] code) {
        byte[] sector = Arrays.copyOf(code, SECTOR_SIZE);
        sector[SECTOR_SIZE - 2] = 0x55;
        sector[SECTOR_SIZE - 1] = (byte) 0xaa;
        return sector;
    }
}
