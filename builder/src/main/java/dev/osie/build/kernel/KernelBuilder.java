package dev.osie.build.kernel;

import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Scratch;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Supplier;

/**
 * Makes kernels fit for an image: picks the modules a set asks for with all they need, keeps them as shipped ({@code .ko.xz}), and writes
 * the indexes that Debian's packages leave to their maintainer scripts. Each result is kept in the store, so the same kernel is made once.
 */
public final class KernelBuilder {
    static final String MODULES = "usr/lib/modules/";

    /** The name that the archive of microcode has in a kernel image made here. */
    public static final String UCODE = "ucode.cpio";

    /** Rises whenever the same files would become other bytes. */
    public static final int FORMAT = 3;

    private final Store store;
    private final long epoch;
    private final Progress progress;

    /**
     * @param epoch latest modification time of what is made, in seconds since 1970
     */
    public KernelBuilder(Store store, long epoch, Progress progress) {
        this.store = store;
        this.epoch = epoch;
        this.progress = progress;
    }

    /**
     * Makes a kernel.
     *
     * @throws dev.osie.build.failure.BuildException when its origin holds no kernel for the architecture, or a rule of the set fits none
     *     of its modules
     */
    public Kernel build(KernelTree origin, Architecture architecture, ModuleSet modules) {
        return build(origin, architecture, modules, Drivers.NONE);
    }

    /**
     * Makes a kernel with modules of other origins.
     *
     * @throws dev.osie.build.failure.BuildException also when one of those does not fit the kernel
     */
    public Kernel build(KernelTree origin, Architecture architecture, ModuleSet modules, Drivers drivers) {
        StepKey key = key(origin.digest(), architecture, modules, drivers);
        Optional<Kernel> earlier = recall(key);
        if (earlier.isPresent()) {
            return earlier.get();
        }
        try (Scratch scratch = store.scratch();
                Progress.Step step = progress.start("kernel", 0)) {
            Tree tree = origin.reader().apply(scratch);
            AddedModules added =
                    AddedModules.read(drivers, KernelFiles.of(tree, origin.name()), tree, architecture, scratch);
            Kernel kernel = assemble(
                    added, architecture, modules, drivers.handling(), () -> drivers(origin, architecture, drivers));
            store.remember(key, KernelRecord.toText(kernel));
            step.done(kernel.describe());
            return kernel;
        }
    }

    /** The kernel, if it was made earlier; then what it is made of is not needed. */
    public Optional<Kernel> made(Digest origin, Architecture architecture, ModuleSet modules, Drivers drivers) {
        return recall(key(origin, architecture, modules, drivers));
    }

    private Optional<Kernel> recall(StepKey key) {
        return store.recall(key).map(KernelRecord::parse).filter(this::isStored);
    }

    private StepKey key(Digest origin, Architecture architecture, ModuleSet modules, Drivers drivers) {
        StepKey key = StepKey.of("kernel", FORMAT)
                .with("origin", origin)
                .with("architecture", architecture)
                .with("epoch", epoch);
        modules.addTo(key);
        drivers.addTo(key);
        return key;
    }

    /**
     * The kernel as the only layer of a LinuxKit kernel image: the files {@code kernel} and {@code kernel.tar} (LinuxKit, "kernel"
     * section). The paths of {@code kernel.tar} begin with {@code usr/lib/modules}, so it lies well under an init whose {@code lib} is a
     * link. Firmware lies there too. Microcode is the file {@value #UCODE}.
     */
    public Blob imageLayer(Kernel kernel, Optional<Blob> firmware, Optional<Blob> ucode) {
        StepKey key = StepKey.of("kernel-image-layer", FORMAT)
                .with("vmlinuz", kernel.vmlinuz().digest())
                .with("modules", kernel.modules().digest())
                .with("epoch", epoch);
        firmware.ifPresent(layer -> key.with("firmware", layer.digest()));
        ucode.ifPresent(archive -> key.with("ucode", archive.digest()));
        return store.recall(key)
                .map(KernelRecord::parseBlob)
                .filter(store::contains)
                .orElseGet(() -> {
                    Tree.Builder files = new Tree.Builder()
                            .put("kernel", file(kernel.vmlinuz()))
                            .put("kernel.tar", file(withFirmware(kernel.modules(), firmware)));
                    ucode.ifPresent(archive -> files.put(UCODE, file(archive)));
                    Tree tree = files.build(epoch);
                    Blob layer = store.write(out -> TarLayer.write(tree, out));
                    store.remember(key, KernelRecord.toText(layer));
                    return layer;
                });
    }

    /** The drivers of a kernel, those that no module set names among them. Reading all modules of a kernel takes a while, once. */
    public DriverCatalogue drivers(KernelTree origin, Architecture architecture, Drivers added) {
        StepKey key = StepKey.of("drivers", 1).with("origin", origin.digest()).with("architecture", architecture);
        added.addSourcesTo(key);
        Optional<Blob> earlier = store.recall(key).map(KernelRecord::parseBlob).filter(store::contains);
        if (earlier.isPresent()) {
            return DriverCatalogue.parse(
                    new String(store.readAllBytes(earlier.get().digest()), StandardCharsets.UTF_8));
        }
        try (Scratch scratch = store.scratch();
                Progress.Step step = progress.start("drivers", 0)) {
            Tree tree = origin.reader().apply(scratch);
            KernelFiles files = KernelFiles.modulesOf(tree, origin.name());
            DriverCatalogue drivers = drivers(
                    AddedModules.read(added, files, tree, architecture, scratch).files(), architecture);
            Blob blob = store.write(out -> out.write(drivers.toText().getBytes(StandardCharsets.UTF_8)));
            store.remember(key, KernelRecord.toText(blob));
            step.done(drivers.drivers().size() + " that linux " + drivers.release() + " has");
            return drivers;
        }
    }

    /** The drivers among the files below {@code lib/modules}. */
    public static DriverCatalogue drivers(Tree tree, String what, Architecture architecture) {
        return drivers(KernelFiles.modulesOf(tree, what), architecture);
    }

    private static DriverCatalogue drivers(KernelFiles files, Architecture architecture) {
        ModuleList list = ModuleList.of(files);
        return DriverCatalogue.of(
                files.release(), list.builtins(), new ModuleReader(files, architecture).read(list.paths()));
    }

    private Blob withFirmware(Blob modules, Optional<Blob> firmware) {
        if (firmware.isEmpty()) {
            return modules;
        }
        Tree both = new Tree.Builder()
                .putAll(TarLayer.read(store, modules.digest()).tree())
                .putAll(TarLayer.read(store, firmware.get().digest()).tree())
                .build(epoch);
        return store.write(out -> TarLayer.write(both, out));
    }

    private boolean isStored(Kernel kernel) {
        return store.contains(kernel.vmlinuz())
                && store.contains(kernel.modules())
                && kernel.deviceTrees().stream().allMatch(store::contains);
    }

    private Kernel assemble(
            AddedModules added,
            Architecture architecture,
            ModuleSet modules,
            ModuleHandling handling,
            Supplier<DriverCatalogue> catalogue) {
        KernelFiles files = added.files();
        ModuleList list = ModuleList.of(files);
        SortedMap<String, byte[]> modprobe = ModprobeFiles.of(handling, list, name -> links(name, files, architecture));
        SortedMap<String, String> asked = ModuleSelection.select(list, modules, catalogue);
        list.paths().stream()
                .filter(path -> handling.loads(ModulePath.name(path)))
                .forEach(path -> asked.putIfAbsent(path, "load"));
        asked.putAll(added.reasons());
        ModuleClosure.Complete complete = ModuleClosure.of(list, asked, new ModuleReader(files, architecture)::read);
        added.requireLoadable(complete.facts());
        String directory = MODULES + files.release() + "/";
        Tree.Builder tree = new Tree.Builder();
        complete.reasons()
                .keySet()
                .forEach(path ->
                        tree.put(directory + path, clamped(files.modules().get(path))));
        files.lists().forEach((name, file) -> tree.put(directory + name, clamped(file)));
        Depmod.indexes(complete.facts(), list.builtins())
                .forEach((name, bytes) -> tree.put(directory + name, file(bytes)));
        modprobe.forEach((path, bytes) -> tree.put(path, file(bytes)));
        Tree layer = tree.build(epoch);
        Blob vmlinuz = store.write(out -> {
            try (InputStream in = files.vmlinuz().content().open()) {
                in.transferTo(out);
            }
        });
        return new Kernel(
                files.release(),
                vmlinuz,
                store.write(out -> TarLayer.write(layer, out)),
                deviceTrees(files),
                complete.selected(ModuleSelection.excluded(list, modules)),
                added.remarks());
    }

    private Optional<Blob> deviceTrees(KernelFiles files) {
        if (files.deviceTrees().isEmpty()) {
            return Optional.empty();
        }
        Tree.Builder tree = new Tree.Builder();
        files.deviceTrees()
                .forEach((path, file) ->
                        tree.put(path, new Node.RegularFile(Attributes.root(0644, epoch), file.content())));
        return Optional.of(store.write(out -> TarLayer.write(tree.build(epoch), out)));
    }

    private static ModuleLinks links(String name, KernelFiles files, Architecture architecture) {
        return files.modules().entrySet().stream()
                .filter(module -> ModulePath.name(module.getKey()).equals(name))
                .map(module -> new ModuleDecoder()
                        .links(module.getKey(), module.getValue().content(), architecture))
                .findFirst()
                .orElseThrow();
    }

    private Node.RegularFile file(byte[] bytes) {
        return new Node.RegularFile(Attributes.root(0644, epoch), Content.of(bytes));
    }

    private Node.RegularFile clamped(Node.RegularFile file) {
        return new Node.RegularFile(file.attributes().clamped(epoch), file.content());
    }

    private Node.RegularFile file(Blob blob) {
        return new Node.RegularFile(Attributes.root(0644, epoch), Content.of(store, blob));
    }
}
