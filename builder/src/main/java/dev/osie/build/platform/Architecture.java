package dev.osie.build.platform;

import static dev.osie.build.failure.BuildException.badInput;

import java.util.Arrays;
import java.util.stream.Collectors;

/** A processor architecture an OSIE is built for. */
public enum Architecture {
    X86_64("x86_64", "amd64"),
    AARCH64("aarch64", "arm64");

    private final String kernelName;
    private final String debianName;

    Architecture(String kernelName, String debianName) {
        this.kernelName = kernelName;
        this.debianName = debianName;
    }

    /** The name the kernel, Tinkerbell and this program's artefacts use. */
    public static Architecture parse(String name) {
        return Arrays.stream(values())
                .filter(architecture -> architecture.kernelName.equals(name) || architecture.debianName.equals(name))
                .findFirst()
                .orElseThrow(() -> badInput("'" + name
                        + "' is not an architecture an OSIE is built for: expected one of "
                        + Arrays.stream(values()).map(Architecture::toString).collect(Collectors.joining(", "))));
    }

    /** The name that Debian and OCI images (GOARCH) use. */
    public String debianName() {
        return debianName;
    }

    /** The name the kernel, Tinkerbell and this program's artefacts use. */
    @Override
    public String toString() {
        return kernelName;
    }
}
