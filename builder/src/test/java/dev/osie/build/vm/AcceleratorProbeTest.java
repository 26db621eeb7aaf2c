package dev.osie.build.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.platform.Architecture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("tools")
final class AcceleratorProbeTest {
    @ParameterizedTest
    @EnumSource
    void itsGuestRunsToTheEndUnderEmulation(Architecture architecture) {
        assertThat(probe(architecture).works(Accelerator.TCG)).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void anAcceleratorThatIsNotThereDoesNotWork(Architecture architecture) {
        AcceleratorProbe probe = probe(architecture);

        // QEMU for Linux has no HVF, and QEMU for macOS no KVM.
        assertThat(probe.works(Accelerator.HVF) && probe.works(Accelerator.KVM)).isFalse();
    }

    private static AcceleratorProbe probe(Architecture architecture) {
        return new AcceleratorProbe(Qemu.find(architecture));
    }
}
