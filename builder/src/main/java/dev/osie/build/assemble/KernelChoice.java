package dev.osie.build.assemble;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.kernel.Kernel;
import dev.osie.build.kernel.KernelBuilder;
import dev.osie.build.kernel.KernelDefinition;
import dev.osie.build.kernel.ModuleSet;
import dev.osie.build.oci.Execution;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.ImageConfig;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Platform;
import dev.osie.build.oci.Reference;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.spec.OsieSection;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Store;
import dev.osie.build.yaml.Problems;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The kernel that {@code osie.kernel} asks for, made from its Debian package. */
final class KernelChoice {
    private final Project project;
    private final Architecture architecture;
    private final OsieSection.Kernel section;
    private final KernelDefinition definition;

    private KernelChoice(
            Project project, Architecture architecture, OsieSection.Kernel section, KernelDefinition definition) {
        this.project = project;
        this.architecture = architecture;
        this.section = section;
        this.definition = definition;
    }

    static KernelChoice of(Project project, Architecture architecture, OsieSection.Kernel section) {
        String name = section.use()
                .orElseThrow(() ->
                        Problems.failure(section.position(), "osie.kernel needs the key 'use', the name of a kernel"));
        return new KernelChoice(project, architecture, section, KernelDefinition.read(project.kernels(), name));
    }

    KernelDefinition definition() {
        return definition;
    }

    /** The package that the kernel has still to be made of, if it wasn't made earlier. */
    List<BinaryPackage> needed(Store store, LockedPackages packages, Instant epoch) {
        BinaryPackage deb = packages.kernel(definition);
        KernelBuilder builder = new KernelBuilder(store, epoch.getEpochSecond(), Progress.SILENT);
        return builder.isMade(deb.deb().digest(), architecture, modules()) ? List.of() : List.of(deb);
    }

    KernelImage build(Store store, LockedPackages packages, Instant epoch, Progress progress) {
        BinaryPackage deb = packages.kernel(definition);
        packages.fetch(needed(store, packages, epoch));
        KernelBuilder builder = new KernelBuilder(store, epoch.getEpochSecond(), progress);
        Kernel kernel = builder.build(deb.deb().digest(), deb.toString(), architecture, modules());
        return new KernelImage(
                kernel.describe(),
                kernel.vmlinuz(),
                Optional.of(kernel.modules()),
                Optional.empty(),
                reasons(kernel),
                image(store, builder.imageLayer(kernel), deb, epoch));
    }

    private static SortedMap<String, String> reasons(Kernel kernel) {
        SortedMap<String, String> reasons = new TreeMap<>();
        kernel.selected()
                .forEach(module ->
                        reasons.put("usr/lib/modules/" + kernel.release() + "/" + module.path(), module.reason()));
        return reasons;
    }

    private Image image(Store store, Blob layer, BinaryPackage deb, Instant epoch) {
        ImageConfig config = new ImageConfig(
                Platform.linux(architecture),
                Optional.of(epoch.toString()),
                Optional.empty(),
                Execution.EMPTY,
                List.of(layer.digest()),
                List.of());
        Reference name = Reference.parse("osie-build/kernel-" + definition.name() + ":" + architecture);
        return new Layout(store).put(name, config, List.of(new Image.Layer(layer, "debian:" + deb)));
    }

    private ModuleSet modules() {
        if (!section.addedFirmware().isEmpty()) {
            throw Problems.failure(section.position(), "this version adds no firmware; firmware.add must be empty");
        }
        if (section.modules().isEmpty()) {
            throw Problems.failure(section.position(), "osie.kernel needs the key 'modules', the name of a module set");
        }
        List<ModuleSet> sets = section.modules().stream()
                .map(name -> ModuleSet.read(project.moduleSets(), name, architecture))
                .toList();
        return ModuleSet.union(sets).changed(section.addedModules(), List.of(), "modules.add", section.position());
    }
}
