package dev.osie.build.toolchain;

import dev.osie.build.platform.Architecture;
import java.util.Locale;

/** What GNU compilers for an architecture are called. */
public final class CrossCompiler {
    private CrossCompiler() {}

    /**
     * What stands before {@code gcc} and {@code ld}: {@code aarch64-linux-gnu-}. Debian has the host's own compiler by that name, too, and
     * the name becomes part of what it compiles; so it is used on every host.
     */
    public static String prefix(Architecture target) {
        return target + "-linux-gnu-";
    }

    /** Whether this machine's own compiler is for another architecture. */
    static boolean isNeeded(Architecture target) {
        return host() != target;
    }

    /** The architecture of this machine, which Docker's is taken to be, too. */
    public static Architecture host() {
        String name = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return name.equals("aarch64") || name.equals("arm64") ? Architecture.AARCH64 : Architecture.X86_64;
    }
}
