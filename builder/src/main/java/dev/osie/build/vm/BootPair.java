package dev.osie.build.vm;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.platform.Architecture;
import dev.osie.build.yaml.YamlNode;
import dev.osie.build.yaml.YamlReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A kernel and the initramfs it starts, as a build left them.
 *
 * @param architecture of both
 * @param kernel the bootable kernel image
 * @param initramfs the initramfs, of one or more segments
 * @param commandLine the kernel parameters that the flavor asks for
 */
public record BootPair(Architecture architecture, Path kernel, Path initramfs, String commandLine) {
    /**
     * The pair in a build's output directory, where {@code FLAVOR.yaml} is the LinuxKit document it was built from.
     */
    public static BootPair in(Path directory, String flavor, Architecture architecture) {
        Path document = file(directory, flavor + ".yaml", flavor, architecture);
        return new BootPair(
                architecture,
                file(directory, "vmlinuz-" + architecture, flavor, architecture),
                file(directory, "initramfs-" + architecture, flavor, architecture),
                commandLine(YamlReader.read(document)));
    }

    private static Path file(Path directory, String name, String flavor, Architecture architecture) {
        Path file = directory.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw badInput("Tried to boot " + flavor + " for " + architecture + ", but there is no " + file)
                    .hint("Perhaps build it first: osie-build build " + flavor + " --arch " + architecture);
        }
        return file;
    }

    private static String commandLine(YamlNode document) {
        return mapping(document)
                .flatMap(root -> root.get("kernel"))
                .flatMap(BootPair::mapping)
                .flatMap(kernel -> kernel.get("cmdline"))
                .filter(YamlNode.Scalar.class::isInstance)
                .map(value -> ((YamlNode.Scalar) value).text())
                .orElse("");
    }

    private static Optional<YamlNode.Mapping> mapping(YamlNode node) {
        return node instanceof YamlNode.Mapping mapping ? Optional.of(mapping) : Optional.empty();
    }
}
