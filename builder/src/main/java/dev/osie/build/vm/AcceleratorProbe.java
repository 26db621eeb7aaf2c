package dev.osie.build.vm;

import dev.osie.build.platform.Architecture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Finds the fastest accelerator that really executes guests here. A device that opens proves nothing: under nested virtualization
 * guests may run firmware and then hang, or be emulated slower than by QEMU itself. So a small guest is booted, see {@link ProbeGuest}.
 */
public final class AcceleratorProbe {
    /** Firmware and countdown take 0.2 s where virtualization works. */
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    /** What the probe's guest gets, in MiB. */
    private static final String MEMORY = "16";

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
        // Java calls x86_64 so on macOS, and amd64 elsewhere.
        Architecture guest = qemu.architecture();
        if (!hostArchitecture.equals(guest.toString()) && !hostArchitecture.equals(guest.debianName())) {
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
        ProbeGuest guest = ProbeGuest.of(qemu.architecture());
        try {
            Path file = Files.createTempFile("osie-build-probe-", ".img");
            try {
                Files.write(file, guest.image());
                return run(accelerator, file).filter(guest.isProof()).isPresent();
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            return false;
        }
    }

    /** How QEMU ended, if it did in time. */
    private Optional<ProbeGuest.Ending> run(Accelerator accelerator, Path file) throws IOException {
        List<String> command = new ArrayList<>(qemu.machineOptions(accelerator));
        command.addAll(List.of("-m", MEMORY, "-display", "none", "-no-reboot"));
        command.addAll(ProbeGuest.options(qemu.architecture(), file.toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                return Optional.empty();
            }
            byte[] serial = process.getInputStream().readAllBytes();
            return Optional.of(
                    new ProbeGuest.Ending(process.exitValue(), new String(serial, StandardCharsets.US_ASCII)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            process.destroyForcibly();
        }
    }
}
