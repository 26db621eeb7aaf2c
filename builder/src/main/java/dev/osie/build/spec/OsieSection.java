package dev.osie.build.spec;

import dev.osie.build.yaml.Position;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The section {@code osie:}, which LinuxKit does not have.
 *
 * @param description one line for lists of flavors and pieces
 * @param pieces the documents below this one, in order; empty in a composed document
 * @param embedded images that the machine's Docker has from the start
 * @param vars variables with their defaults; one without a default must be given by the caller
 * @param settings of the document's containers
 */
public record OsieSection(
        Optional<String> description,
        List<PieceReference> pieces,
        Optional<Kernel> kernel,
        List<EmbeddedImage> embedded,
        Map<String, Optional<String>> vars,
        Settings settings,
        Position position) {
    /**
     * A kernel that this program provides, instead of an image.
     *
     * @param use the name of a kernel below {@code kernel-configs}
     * @param modules names of module sets
     * @param addedModules names of further modules
     * @param firmware which firmware of the modules comes along; empty for the default
     * @param addedFirmware patterns of further firmware files
     * @param microcode which microcode for processors comes along; empty for the default
     */
    public record Kernel(
            Optional<String> use,
            List<String> modules,
            List<String> addedModules,
            Optional<FirmwarePolicy> firmware,
            List<String> addedFirmware,
            Optional<MicrocodePolicy> microcode,
            Position position) {}
}
