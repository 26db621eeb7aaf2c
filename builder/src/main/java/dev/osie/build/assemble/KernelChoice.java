package dev.osie.build.assemble;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.kernel.Drivers;
import dev.osie.build.kernel.Firmware;
import dev.osie.build.kernel.FirmwareBuilder;
import dev.osie.build.kernel.Kernel;
import dev.osie.build.kernel.KernelBuilder;
import dev.osie.build.kernel.KernelDefinition;
import dev.osie.build.kernel.KernelOrigin;
import dev.osie.build.kernel.KernelTree;
import dev.osie.build.kernel.MicrocodeBuilder;
import dev.osie.build.kernel.ModuleHandling;
import dev.osie.build.kernel.ModuleRule;
import dev.osie.build.kernel.ModuleSet;
import dev.osie.build.kernel.SelectedModule;
import dev.osie.build.lock.PackageSet;
import dev.osie.build.oci.Execution;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.ImageConfig;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Platform;
import dev.osie.build.oci.Reference;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.spec.FirmwarePolicy;
import dev.osie.build.spec.ImageName;
import dev.osie.build.spec.MicrocodePolicy;
import dev.osie.build.spec.ModuleName;
import dev.osie.build.spec.OsieSection;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Store;
import dev.osie.build.yaml.Problems;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The kernel that {@code osie.kernel} asks for. */
final class KernelChoice {
    private final Project project;
    private final Architecture architecture;
    private final OsieSection.Kernel section;
    private final KernelDefinition definition;
    private final KernelSupply supply;
    private final KernelDrivers added;

    private KernelChoice(
            Project project,
            Architecture architecture,
            OsieSection.Kernel section,
            KernelDefinition definition,
            KernelSupply supply,
            KernelDrivers added) {
        this.project = project;
        this.architecture = architecture;
        this.section = section;
        this.definition = definition;
        this.supply = supply;
        this.added = added;
    }

    /**
     * The kernel that a section asks for.
     *
     * @param compilers for a kernel that is built from source
     * @param added modules that don't come with the kernel
     */
    static KernelChoice of(
            Project project,
            Architecture architecture,
            OsieSection.Kernel section,
            Compilers compilers,
            KernelDrivers added) {
        String name = section.use()
                .orElseThrow(() ->
                        Problems.failure(section.position(), "osie.kernel needs the key 'use', the name of a kernel"));
        KernelDefinition definition = KernelDefinition.read(project.kernels(), name);
        KernelSupply supply = definition.origin() instanceof KernelOrigin.Source source
                ? new BuiltKernel(project.kernels(), name, source, architecture, compilers)
                : supply(definition, architecture);
        return new KernelChoice(project, architecture, section, definition, supply, added);
    }

    private static KernelSupply supply(KernelDefinition definition, Architecture architecture) {
        String set = "kernel/" + definition.name();
        if (definition.origin() instanceof KernelOrigin.DebianPackage origin) {
            return new PackagedKernel(set, origin, definition.suite(), architecture);
        }
        if (definition.origin() instanceof KernelOrigin.DebFile origin) {
            return new DebFileKernel(origin.file(architecture));
        }
        if (definition.origin() instanceof KernelOrigin.LinuxKitImage origin) {
            return new ImageKernel(origin, architecture);
        }
        throw new IllegalStateException("a kernel from nowhere: " + definition);
    }

    /** The images that the kernel is taken from, which belong into the lock. */
    List<ImageName> images() {
        return supply.images();
    }

    /** What has to be in the lock. */
    List<PackageSet> sets() {
        List<PackageSet> sets = new ArrayList<>(supply.sets());
        headers().ifPresent(headers -> sets.add(headers.set()));
        sets.addAll(added.sets());
        if (!definition.firmware().isEmpty()) {
            sets.add(PackageSet.only(firmwareSet(), definition.firmware()).from(definition.suite()));
        }
        if (hasMicrocode()) {
            sets.add(PackageSet.only(microcodeSet(), definition.microcode()).from(definition.suite()));
        }
        return sets;
    }

    /** Only x86 kernels take microcode from an initramfs. */
    private boolean hasMicrocode() {
        return architecture == Architecture.X86_64
                && !definition.microcode().isEmpty()
                && section.microcode().orElse(MicrocodePolicy.ALL) == MicrocodePolicy.ALL;
    }

    private String microcodeSet() {
        return "microcode/" + definition.name();
    }

    private List<BinaryPackage> microcode(LockedPackages locked) {
        return hasMicrocode() ? locked.of(microcodeSet()) : List.of();
    }

    /** All packages that the kernel and its firmware are made of. */
    List<BinaryPackage> packages(LockedPackages locked) {
        List<BinaryPackage> packages = new ArrayList<>(ownPackages(locked));
        packages.addAll(firmware(locked));
        packages.addAll(microcode(locked));
        return packages;
    }

    private List<BinaryPackage> ownPackages(LockedPackages locked) {
        List<BinaryPackage> packages = new ArrayList<>(supply.packages(locked));
        packages.addAll(headers(locked));
        packages.addAll(added.packages(locked));
        return packages;
    }

    /** The packages of headers, where modules are added. */
    private Optional<KernelHeaders> headers() {
        return added.isEmpty() ? Optional.empty() : supply.headers();
    }

    /** The packages of headers that added modules are built or compared with; that with the kernel's symbols is the first. */
    private List<BinaryPackage> headers(LockedPackages locked) {
        if (headers().isEmpty()) {
            return List.of();
        }
        KernelHeaders headers = headers().get();
        List<BinaryPackage> kernel = supply.packages(locked);
        return added.isBuilt() ? headers.build(locked, kernel) : List.of(headers.symbols(locked, kernel));
    }

    private Drivers drivers(LockedPackages locked, Store store, Progress progress) {
        List<BinaryPackage> headers = headers(locked);
        OsieSection.ModuleHandling handling = section.handling();
        return new Drivers(
                added.sources(architecture, headers, store, locked, progress),
                headers.stream().findFirst().map(deb -> KernelTree.of(store, deb)),
                new ModuleHandling(
                        handling.blacklist().stream().map(KernelChoice::named).toList(),
                        handling.options().stream()
                                .map(each -> new ModuleHandling.Options(
                                        new ModuleHandling.Named(each.module(), each.position()), each.parameters()))
                                .toList(),
                        handling.load().stream().map(KernelChoice::named).toList()));
    }

    private static ModuleHandling.Named named(ModuleName module) {
        return new ModuleHandling.Named(module.text(), module.position());
    }

    /** The packages that the kernel and its firmware have still to be made of, if they weren't made earlier. */
    List<BinaryPackage> needed(Store store, LockedPackages locked, Instant epoch) {
        List<BinaryPackage> firmware = firmware(locked);
        Optional<Kernel> made = new KernelBuilder(store, epoch.getEpochSecond(), Progress.SILENT)
                .made(
                        supply.tree(locked, store).digest(),
                        architecture,
                        modules(),
                        drivers(locked, store, Progress.SILENT));
        List<BinaryPackage> needed = new ArrayList<>();
        if (made.isEmpty()) {
            needed.addAll(ownPackages(locked));
        }
        boolean hasFirmware = made.isPresent()
                && new FirmwareBuilder(store, epoch.getEpochSecond(), Progress.SILENT)
                        .isMade(firmware, asking(made.get()), section.addedFirmware());
        if (!hasFirmware) {
            needed.addAll(firmware);
        }
        List<BinaryPackage> microcode = microcode(locked);
        if (microcodeBuilder(store, epoch, Progress.SILENT).made(microcode).isEmpty()) {
            needed.addAll(microcode);
        }
        return needed;
    }

    /** The firmware packages that are looked at. */
    private List<BinaryPackage> firmware(LockedPackages locked) {
        boolean none = definition.firmware().isEmpty()
                || policy() == FirmwarePolicy.NONE && section.addedFirmware().isEmpty();
        return none ? List.of() : locked.of(firmwareSet());
    }

    private String firmwareSet() {
        return "firmware/" + definition.name();
    }

    private FirmwarePolicy policy() {
        return section.firmware().orElse(FirmwarePolicy.NEEDED);
    }

    private List<SelectedModule> asking(Kernel kernel) {
        return policy() == FirmwarePolicy.NONE ? List.of() : kernel.selected();
    }

    KernelImage build(Store store, LockedPackages locked, Instant epoch, Progress progress) {
        KernelTree origin = supply.tree(locked, store);
        locked.fetch(needed(store, locked, epoch));
        KernelBuilder builder = new KernelBuilder(store, epoch.getEpochSecond(), progress);
        Drivers drivers = drivers(locked, store, progress);
        Kernel kernel = builder.build(origin, architecture, modules(), drivers);
        kernel.remarks().forEach(remark -> progress.info("  drivers    " + remark));
        Optional<Firmware> firmware = firmware(store, locked, kernel, epoch, progress);
        Optional<Blob> ucode = ucode(store, locked, epoch, progress);
        return new KernelImage(
                kernel.describe(),
                kernel.vmlinuz(),
                Optional.of(kernel.modules()),
                firmware,
                ucode,
                Optional.of(kernel),
                image(store, builder.imageLayer(kernel, firmware.map(Firmware::layer), ucode), origin, epoch),
                () -> {
                    locked.fetch(ownPackages(locked));
                    return builder.drivers(origin, architecture, drivers);
                });
    }

    private Optional<Blob> ucode(Store store, LockedPackages locked, Instant epoch, Progress progress) {
        if (section.microcode().equals(Optional.of(MicrocodePolicy.NONE))) {
            return Optional.empty();
        }
        List<BinaryPackage> packages = microcode(locked);
        return packages.isEmpty()
                ? supply.ucode(locked, store)
                : Optional.of(microcodeBuilder(store, epoch, progress).build(packages));
    }

    private static MicrocodeBuilder microcodeBuilder(Store store, Instant epoch, Progress progress) {
        return new MicrocodeBuilder(store, epoch.getEpochSecond(), progress);
    }

    private Optional<Firmware> firmware(
            Store store, LockedPackages locked, Kernel kernel, Instant epoch, Progress progress) {
        if (definition.firmware().isEmpty() && !section.addedFirmware().isEmpty()) {
            throw Problems.failure(
                    section.position(),
                    "firmware.add has nothing to choose from: the kernel '" + definition.name()
                            + "' names no packages of firmware");
        }
        List<BinaryPackage> debs = firmware(locked);
        if (debs.isEmpty()) {
            return Optional.empty();
        }
        Firmware firmware = new FirmwareBuilder(store, epoch.getEpochSecond(), progress)
                .build(debs, asking(kernel), section.addedFirmware(), section.position());
        if (policy() == FirmwarePolicy.STRICT && !firmware.missing().isEmpty()) {
            throw Problems.failure(section.position(), lacking(firmware));
        }
        return Optional.of(firmware);
    }

    private static String lacking(Firmware firmware) {
        StringBuilder text =
                new StringBuilder("firmware is strict, and these modules may ask for files that no package has:");
        firmware.missing()
                .forEach((module, files) ->
                        text.append("\n    ").append(module).append(": ").append(String.join(", ", files)));
        return text.toString();
    }

    private Image image(Store store, Blob layer, KernelTree origin, Instant epoch) {
        ImageConfig config = new ImageConfig(
                Platform.linux(architecture),
                Optional.of(epoch.toString()),
                Optional.empty(),
                Execution.EMPTY,
                List.of(layer.digest()),
                List.of());
        Reference name = Reference.parse("osie-build/kernel-" + definition.name() + ":" + architecture);
        return new Layout(store).put(name, config, List.of(new Image.Layer(layer, origin.provenance())));
    }

    private ModuleSet modules() {
        return moduleSets()
                .changed(section.addedModules(), List.of(), "modules.add", section.position())
                .without(section.droppedModules().stream()
                        .map(module -> new ModuleRule(module.text(), "modules.drop", module.position()))
                        .toList());
    }

    private ModuleSet moduleSets() {
        if (!section.modules().isEmpty()) {
            return ModuleSet.union(section.modules().stream()
                    .map(name -> ModuleSet.read(project.moduleSets(), name, architecture))
                    .toList());
        }
        if (supply.isSelected()) {
            return ModuleSet.all(section.position());
        }
        throw Problems.failure(section.position(), "osie.kernel needs the key 'modules', the name of a module set");
    }
}
