package dev.osie.build.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.platform.Architecture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tools")
final class AcceleratorProbeTest {
    private final AcceleratorProbe probe = new AcceleratorProbe(Qemu.find(Architecture.X86_64));

    @Test
    void itsGuestRunsToTheEndUnderEmulation() {
        assertThat(probe.works(Accelerator.TCG)).isTrue();
    }

    @Test
    void anAcceleratorThatIsNotThereDoesNotWork() {
        // QEMU for Linux has no HVF, and QEMU for macOS no KVM.
        assertThat(probe.works(Accelerator.HVF) && probe.works(Accelerator.KVM)).isFalse();
    }
}
