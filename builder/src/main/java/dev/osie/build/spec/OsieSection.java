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
 * @param embedded images that the machine has from the start
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
     * @param droppedModules patterns of modules that stay out unless another one needs them
     * @param drivers modules that don't come with the kernel
     * @param handling what becomes of modules when the machine runs
     * @param firmware which firmware of the modules comes along; empty for the default
     * @param addedFirmware patterns of further firmware files
     * @param microcode which microcode for processors comes along; empty for the default
     */
    public record Kernel(
            Optional<String> use,
            List<String> modules,
            List<String> addedModules,
            List<ModuleName> droppedModules,
            List<DriverEntry> drivers,
            ModuleHandling handling,
            Optional<FirmwarePolicy> firmware,
            List<String> addedFirmware,
            Optional<MicrocodePolicy> microcode,
            Position position) {}

    /**
     * How modules are loaded.
     *
     * @param blacklist modules that are not loaded because a device asks for them
     * @param options parameters by module
     * @param load modules to load at boot whatever the hardware, in this order
     */
    public record ModuleHandling(List<ModuleName> blacklist, List<ModuleOptions> options, List<ModuleName> load) {
        public ModuleHandling {
            blacklist = List.copyOf(blacklist);
            options = List.copyOf(options);
            load = List.copyOf(load);
        }
    }
}
