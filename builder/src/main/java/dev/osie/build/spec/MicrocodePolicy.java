package dev.osie.build.spec;

import java.util.Locale;

/** Which microcode for processors comes with a kernel. */
public enum MicrocodePolicy {
    /** That of the packages that the kernel's document names. */
    ALL,
    NONE;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
