package dev.osie.build.kernel;

import dev.osie.build.platform.Architecture;
import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlNode;
import dev.osie.build.yaml.YamlReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a kernel comes from: a document {@code kernel-configs/NAME.yaml}.
 *
 * <pre>
 * description: one line
 * package: { x86_64: linux-image-amd64, aarch64: linux-image-arm64 }    # or deb, image, source
 * suite: trixie-backports
 * exclude: [kmod, initramfs-tools]
 * firmware: [firmware-bnx2, firmware-qlogic]
 * microcode: [intel-microcode, amd64-microcode]
 * </pre>
 *
 * @param name of the document without {@code .yaml}
 * @param description one line for people
 * @param origin of the kernel's files
 * @param suite from which the packages are taken as far as it has them; empty for those that everything is taken from
 * @param firmware packages from which the modules' firmware is taken
 * @param microcode packages from which the microcode for processors is taken
 */
public record KernelDefinition(
        String name,
        String description,
        KernelOrigin origin,
        Optional<String> suite,
        List<String> firmware,
        List<String> microcode) {
    private static final List<String> ORIGINS = List.of(
            KernelOrigin.DebianPackage.KEY,
            KernelOrigin.DebFile.KEY,
            KernelOrigin.LinuxKitImage.KEY,
            KernelOrigin.Source.KEY);

    public KernelDefinition {
        firmware = List.copyOf(firmware);
        microcode = List.copyOf(microcode);
    }

    /** Reads {@code NAME.yaml}; every key that is unknown or of the wrong type is reported with its line. */
    public static KernelDefinition read(Path folder, String name) {
        Path file = KernelDocuments.find(folder, name, "kernel");
        Problems problems = new Problems();
        Fields fields = Fields.of(YamlReader.read(file), "kernel '" + name + "'", problems);
        String description = fields.requiredText("description");
        KernelOrigin origin = origin(fields, folder);
        Optional<String> suite = fields.text("suite");
        List<String> firmware = fields.texts("firmware");
        List<String> microcode = fields.texts("microcode");
        fields.finish();
        problems.throwIfAny();
        return new KernelDefinition(name, description, origin, suite, firmware, microcode);
    }

    private static KernelOrigin origin(Fields fields, Path folder) {
        List<String> given =
                ORIGINS.stream().filter(key -> fields.node(key).isPresent()).toList();
        if (given.size() != 1) {
            fields.problems()
                    .add(
                            fields.position(),
                            fields.what() + " needs one of the keys " + String.join(", ", ORIGINS)
                                    + ", which say where its files come from"
                                    + (given.isEmpty() ? "" : "; it has " + String.join(" and ", given)));
        }
        Optional<Fields> source = fields.fields(KernelOrigin.Source.KEY);
        if (source.isPresent()) {
            return SourceReader.read(source.get(), folder);
        } else if (given.contains(KernelOrigin.DebFile.KEY)) {
            return new KernelOrigin.DebFile(files(references(fields, KernelOrigin.DebFile.KEY), folder, fields));
        } else if (given.contains(KernelOrigin.LinuxKitImage.KEY)) {
            Optional<KernelOrigin.Reference> ucode = fields.node("ucode")
                    .flatMap(node ->
                            fields.text("ucode").map(text -> new KernelOrigin.Reference(text, node.position())));
            return new KernelOrigin.LinuxKitImage(references(fields, KernelOrigin.LinuxKitImage.KEY), ucode);
        }
        Map<Architecture, String> names = new EnumMap<>(Architecture.class);
        references(fields, KernelOrigin.DebianPackage.KEY)
                .forEach((architecture, reference) -> names.put(architecture, reference.name()));
        return new KernelOrigin.DebianPackage(names, fields.texts("exclude"));
    }

    /** What a key names for each architecture; a text by itself is for all of them. */
    private static Map<Architecture, KernelOrigin.Reference> references(Fields fields, String key) {
        Map<Architecture, KernelOrigin.Reference> references = new EnumMap<>(Architecture.class);
        Optional<YamlNode> node = fields.node(key);
        if (node.orElse(null) instanceof YamlNode.Scalar scalar && key.equals(KernelOrigin.LinuxKitImage.KEY)) {
            fields.text(key)
                    .map(text -> new KernelOrigin.Reference(text, scalar.position()))
                    .ifPresent(reference -> List.of(Architecture.values())
                            .forEach(architecture -> references.put(architecture, reference)));
            return references;
        }
        fields.fields(key).ifPresent(perArchitecture -> {
            for (Architecture architecture : Architecture.values()) {
                Optional<Position> position =
                        perArchitecture.node(architecture.toString()).map(YamlNode::position);
                perArchitecture
                        .text(architecture.toString())
                        .ifPresent(text ->
                                references.put(architecture, new KernelOrigin.Reference(text, position.orElseThrow())));
            }
            perArchitecture.finish();
        });
        return references;
    }

    /** Files beside the document. */
    private static Map<Architecture, Path> files(
            Map<Architecture, KernelOrigin.Reference> references, Path folder, Fields fields) {
        Map<Architecture, Path> files = new EnumMap<>(Architecture.class);
        references.forEach((architecture, reference) -> {
            Path file = folder.resolve(reference.name());
            files.put(architecture, file);
            if (!Files.isRegularFile(file)) {
                fields.problems()
                        .add(
                                reference.position(),
                                "there is no file '" + reference.name() + "' (looked for " + file
                                        + "): expected a package of a kernel, a .deb file");
            }
        });
        return files;
    }
}
