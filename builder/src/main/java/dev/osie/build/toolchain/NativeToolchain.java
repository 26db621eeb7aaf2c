package dev.osie.build.toolchain;

import static dev.osie.build.failure.BuildException.missingTool;

import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.TreeSet;

/** The programs of this machine, which runs Linux. */
public final class NativeToolchain implements Toolchain {
    private static final List<Requirement> BUILD = List.of(
            Requirement.program("make", "make"),
            Requirement.program("bc", "bc"),
            Requirement.program("bison", "bison"),
            Requirement.program("flex", "flex"),
            new Requirement("perl", "perl-base", List.of("perl", "-e", "print $^V")),
            Requirement.program("tar", "tar"),
            Requirement.program("xz", "xz-utils"),
            Requirement.program("cpio", "cpio"),
            Requirement.program("gcc", "gcc"),
            Requirement.header("gelf.h", "libelf-dev"),
            Requirement.header("openssl/evp.h", "libssl-dev"));

    private final Architecture target;
    private final Store store;

    /** @param target the architecture that is compiled for */
    public NativeToolchain(Architecture target, Store store) {
        this.target = target;
        this.store = store;
    }

    @Override
    public String identity() {
        StringJoiner identity = new StringJoiner("; ", "native ", "");
        TreeSet<String> missing = new TreeSet<>();
        for (Requirement requirement : requirements()) {
            Optional<String> version = requirement.version();
            version.filter(text -> !text.isEmpty()).ifPresent(identity::add);
            if (version.isEmpty()) {
                missing.add(requirement.debianPackage());
            }
        }
        if (!missing.isEmpty()) {
            throw missingTool("Compiling natively needs what is not installed here. Debian's packages of it are: "
                            + String.join(", ", missing))
                    .hint("Perhaps sudo apt-get install " + String.join(" ", missing)
                            + ", or leave out --native to compile in a container.");
        }
        return identity.toString();
    }

    private static void requireLinux() {
        String system = System.getProperty("os.name");
        if (!system.toLowerCase(Locale.ROOT).contains("linux")) {
            throw missingTool("Kernels are compiled natively on Linux alone, and this is " + system + ".")
                    .hint("Perhaps leave out --native: Docker compiles in a container.");
        }
    }

    private List<Requirement> requirements() {
        requireLinux();
        List<Requirement> all = new ArrayList<>(BUILD);
        String prefix = CrossCompiler.prefix(target);
        String suffix = "-" + prefix.substring(0, prefix.length() - 1).replace('_', '-');
        if (CrossCompiler.isNeeded(target)) {
            all.add(Requirement.program(prefix + "gcc", "gcc" + suffix));
            all.add(Requirement.program(prefix + "ld", "binutils" + suffix));
        } else {
            all.add(Requirement.program("ld", "binutils"));
        }
        return all;
    }

    @Override
    public Workspace open() {
        identity(); // names what is missing
        return new NativeWorkspace(store.scratch());
    }
}
