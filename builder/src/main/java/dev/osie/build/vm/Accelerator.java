package dev.osie.build.vm;

import static dev.osie.build.failure.BuildException.badInput;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How QEMU executes a guest's instructions. */
public enum Accelerator {
    /** The processor's own virtualization, through Linux. */
    KVM,
    /** The processor's own virtualization, through macOS. */
    HVF,
    /** Translation in software, which works everywhere and is ten times slower. */
    TCG;

    /** The accelerator of that name, as QEMU spells it. */
    public static Accelerator parse(String name) {
        return Arrays.stream(values())
                .filter(accelerator -> accelerator.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> badInput("'" + name + "' is not an accelerator: expected one of "
                        + Arrays.stream(values()).map(Accelerator::toString).collect(Collectors.joining(", "))));
    }

    /** The name QEMU knows it by. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
