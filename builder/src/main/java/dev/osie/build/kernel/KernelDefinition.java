package dev.osie.build.kernel;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.platform.Architecture;
import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlReader;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Where a kernel comes from: a document {@code kernel-configs/NAME.yaml}.
 *
 * <pre>
 * description: one line
 * package: { x86_64: linux-image-amd64, aarch64: linux-image-arm64 }
 * exclude: [kmod, initramfs-tools]
 * firmware: [firmware-bnx2, firmware-qlogic]
 * </pre>
 *
 * @param name of the document without {@code .yaml}
 * @param description one line for people
 * @param packages the Debian package for each architecture: the kernel's own, or one that depends on it
 * @param exclude packages the kernel's package depends on that an OSIE does without, because their work is done at build time
 * @param firmware packages from which the modules' firmware is taken
 */
public record KernelDefinition(
        String name,
        String description,
        Map<Architecture, String> packages,
        List<String> exclude,
        List<String> firmware) {
    public KernelDefinition {
        packages = Collections.unmodifiableMap(new EnumMap<>(packages));
        exclude = List.copyOf(exclude);
        firmware = List.copyOf(firmware);
    }

    /** Reads {@code NAME.yaml}; every key that is unknown or of the wrong type is reported with its line. */
    public static KernelDefinition read(Path folder, String name) {
        Path file = KernelDocuments.find(folder, name, "kernel");
        Problems problems = new Problems();
        Fields fields = Fields.of(YamlReader.read(file), "kernel '" + name + "'", problems);
        String description = fields.requiredText("description");
        Map<Architecture, String> packages = new EnumMap<>(Architecture.class);
        fields.requiredNode("package");
        fields.fields("package").ifPresent(perArchitecture -> {
            for (Architecture architecture : Architecture.values()) {
                perArchitecture
                        .text(architecture.toString())
                        .ifPresent(debianPackage -> packages.put(architecture, debianPackage));
            }
            perArchitecture.finish();
        });
        List<String> exclude = fields.texts("exclude");
        List<String> firmware = fields.texts("firmware");
        fields.finish();
        problems.throwIfAny();
        return new KernelDefinition(name, description, packages, exclude, firmware);
    }

    /** The package to resolve for an architecture. */
    public String packageFor(Architecture architecture) {
        String found = packages.get(architecture);
        if (found == null) {
            throw badInput("the kernel '" + name + "' has no package for " + architecture + ": it is made for "
                    + packages.keySet());
        }
        return found;
    }

    /**
     * The package that holds the kernel, among those that {@link #packageFor} resolves to.
     *
     * @throws dev.osie.build.failure.BuildException when it cannot be told which, because packages are there that should be excluded
     */
    public BinaryPackage kernelAmong(Collection<BinaryPackage> resolved, Architecture architecture) {
        String asked = packageFor(architecture);
        List<BinaryPackage> others =
                resolved.stream().filter(binary -> !binary.name().equals(asked)).toList();
        if (others.size() > 1) {
            throw badInput("the kernel '" + name + "' resolves to several packages beside " + asked + ": " + others)
                    .hint("Perhaps add those that hold no kernel to its list 'exclude'.");
        }
        return others.stream()
                .findFirst()
                .or(() -> resolved.stream().findFirst())
                .orElseThrow(() -> badInput("the kernel '" + name + "' resolves to no package at all"));
    }
}
