package dev.osie.build.vm;

import dev.osie.build.platform.Architecture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Finds the fastest accelerator that really executes guests here. A device that opens proves nothing: under nested virtualization
 * guests may run firmware and then hang, or be emulated slower than by QEMU itself. So a guest of 512 bytes is booted: it enters
 * 64-bit mode as a kernel does, counts down from a hundred million, and ends QEMU with a status only it can produce.
 */
public final class AcceleratorProbe {
    /** Firmware and countdown take 0.2 s where virtualization works. */
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    /** QEMU's debug-exit device turns a value v written to its port into the status 2v+1. */
    private static final int VALUE = 0x2a;

    private static final int EXPECTED_STATUS = 2 * VALUE + 1;

    private static final int SECTOR_SIZE = 512;

    /** A boot sector (loaded at 0x7c00), by instruction. */
    private static final byte[] GUEST = bootSector("""
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
            """);

    private final Qemu qemu;

    public AcceleratorProbe(Qemu qemu) {
        this.qemu = qemu;
    }

    /** The fastest accelerator that ran the probe's guest; TCG when none did, or when the guest is of another architecture. */
    public Accelerator best() {
        return candidates(System.getProperty("os.name"), System.getProperty("os.arch")).stream()
                .filter(this::works)
                .findFirst()
                .orElse(Accelerator.TCG);
    }

    /** The accelerators worth a trial on a host, given what Java calls its system and architecture. */
    List<Accelerator> candidates(String system, String hostArchitecture) {
        boolean sameArchitecture = hostArchitecture.equals("amd64") || hostArchitecture.equals("x86_64");
        // The guest is x86 code; elsewhere emulation is all there is.
        if (qemu.architecture() != Architecture.X86_64 || !sameArchitecture) {
            return List.of();
        }
        String name = system.toLowerCase(Locale.ROOT);
        if (name.startsWith("linux")) {
            return List.of(Accelerator.KVM);
        }
        return name.startsWith("mac") ? List.of(Accelerator.HVF) : List.of();
    }

    /** Whether the probe's guest runs to its end in time. */
    boolean works(Accelerator accelerator) {
        try {
            Path disk = Files.createTempFile("osie-build-probe-", ".img");
            try {
                Files.write(disk, GUEST);
                return run(accelerator, disk) == EXPECTED_STATUS;
            } finally {
                Files.deleteIfExists(disk);
            }
        } catch (IOException e) {
            return false;
        }
    }

    private static byte[] bootSector(String listing) {
        String code = listing.lines().map(line -> line.split(" ", 2)[0]).collect(Collectors.joining());
        byte[] sector = Arrays.copyOf(HexFormat.of().parseHex(code), SECTOR_SIZE);
        sector[SECTOR_SIZE - 2] = 0x55;
        sector[SECTOR_SIZE - 1] = (byte) 0xaa;
        return sector;
    }

    private int run(Accelerator accelerator, Path disk) throws IOException {
        Process process = new ProcessBuilder(
                        qemu.executable().toString(),
                        "-no-user-config",
                        "-nodefaults",
                        "-machine",
                        "pc",
                        "-accel",
                        accelerator.toString(),
                        "-m",
                        "16",
                        "-display",
                        "none",
                        "-no-reboot",
                        "-device",
                        "isa-debug-exit,iobase=0xf4,iosize=1",
                        "-drive",
                        "format=raw,file=" + disk.toString().replace(",", ",,"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            return process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS) ? process.exitValue() : -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        } finally {
            process.destroyForcibly();
        }
    }
}
