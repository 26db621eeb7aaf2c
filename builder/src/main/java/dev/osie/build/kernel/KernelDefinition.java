package dev.osie.build.kernel;

import dev.osie.build.platform.Architecture;
import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlReader;
import java.nio.file.Path;
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
 * @param origin of the kernel's files
 * @param firmware packages from which the modules' firmware is taken
 */
public record KernelDefinition(String name, String description, KernelOrigin origin, List<String> firmware) {
    public KernelDefinition {
        firmware = List.copyOf(firmware);
    }

    /** Reads {@code NAME.yaml}; every key that is unknown or of the wrong type is reported with its line. */
    public static KernelDefinition read(Path folder, String name) {
        Path file = KernelDocuments.find(folder, name, "kernel");
        Problems problems = new Problems();
        Fields fields = Fields.of(YamlReader.read(file), "kernel '" + name + "'", problems);
        String description = fields.requiredText("description");
        KernelOrigin origin = origin(fields);
        List<String> firmware = fields.texts("firmware");
        fields.finish();
        problems.throwIfAny();
        return new KernelDefinition(name, description, origin, firmware);
    }

    private static KernelOrigin origin(Fields fields) {
        Map<Architecture, String> names = new EnumMap<>(Architecture.class);
        fields.requiredNode(KernelOrigin.DebianPackage.KEY);
        fields.fields(KernelOrigin.DebianPackage.KEY).ifPresent(perArchitecture -> {
            for (Architecture architecture : Architecture.values()) {
                perArchitecture.text(architecture.toString()).ifPresent(value -> names.put(architecture, value));
            }
            perArchitecture.finish();
        });
        return new KernelOrigin.DebianPackage(names, fields.texts("exclude"));
    }
}
