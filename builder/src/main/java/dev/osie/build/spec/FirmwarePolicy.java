package dev.osie.build.spec;

import java.util.Locale;

/** Which firmware comes with a kernel's modules. */
public enum FirmwarePolicy {
    /** What the modules may ask for, as far as the packages have it. */
    NEEDED,
    /** The same, and what no package has is an error. */
    STRICT,
    /** None but what is added by name. */
    NONE;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
