package dev.osie.build.kernel;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.Downloader;
import dev.osie.build.debian.Keyring;
import dev.osie.build.debian.Mirror;
import dev.osie.build.debian.Mirrors;
import dev.osie.build.debian.PackageFetcher;
import dev.osie.build.debian.Suite;
import dev.osie.build.debian.SuiteReader;
import dev.osie.build.lock.Lock;
import dev.osie.build.lock.LockRequest;
import dev.osie.build.lock.Locker;
import dev.osie.build.lock.PackageSet;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Scratch;
import dev.osie.build.store.Store;
import dev.osie.build.tree.TarLayer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Debian's current kernels for both architectures, from the mirror this host is set up with, and the depmod of their release. */
final class DebianKernels {
    static final String LTS = "debian-lts";
    static final String CLOUD = "debian-cloud";
    static final String BACKPORTS = "debian-backports";

    private static final Path CONFIGS = Path.of("..", "kernel-configs");

    /** Outlives the tests, because kernels are large; {@code mvn clean} removes it. */
    private static final Path CACHE = Path.of("target", "debian-kernels");

    private final Store store;
    private final Mirrors mirrors;
    private final Lock lock;
    private final Path directory;
    private final DebianDepmod depmod;

    private DebianKernels(Store store, Mirrors mirrors, Lock lock, Path directory) throws IOException {
        this.store = store;
        this.mirrors = mirrors;
        this.lock = lock;
        this.directory = directory;
        List<BinaryPackage> kmod = lock.packagesOf(Architecture.parse(System.getProperty("os.arch")), "kmod");
        fetch(kmod);
        this.depmod = DebianDepmod.unpack(store, kmod, Files.createDirectory(directory.resolve("kmod")));
    }

    /** Finds out what there is; a kernel is fetched when it is first asked for. */
    static DebianKernels fetch(Path directory) throws IOException {
        Store store = Store.open(CACHE);
        Mirrors mirrors = Mirrors.ofHost();
        Clock clock = Clock.systemUTC();
        SuiteReader reader = new SuiteReader(
                mirrors.find(Optional.empty(), Optional.empty()),
                Keyring.debian(clock),
                Downloader.create(System.getenv()),
                store,
                clock);
        List<LockRequest> requests = Stream.of(Architecture.values())
                .map(architecture -> new LockRequest(architecture, sets(architecture)))
                .toList();
        Lock lock = new Locker(reader, Suite.DEFAULT, binary -> new byte[0], Progress.SILENT).resolve(requests);
        return new DebianKernels(store, mirrors, lock, directory);
    }

    private static List<PackageSet> sets(Architecture architecture) {
        List<PackageSet> sets = new ArrayList<>();
        for (String kernel : List.of(LTS, CLOUD, BACKPORTS)) {
            KernelOrigin.DebianPackage origin = origin(kernel);
            sets.add(PackageSet.closed(kernel, List.of(origin.name(architecture)), origin.exclude())
                    .from(definition(kernel).suite()));
        }
        if (architecture == Architecture.X86_64) {
            sets.add(PackageSet.only("microcode", definition(LTS).microcode()));
        }
        sets.add(PackageSet.closed("kmod", List.of("kmod"), List.of()));
        return sets;
    }

    private void fetch(List<BinaryPackage> packages) {
        Mirror mirror = mirrors.find(Optional.empty(), Optional.empty());
        new PackageFetcher(
                        mirror,
                        mirrors.fallback(Optional.empty()),
                        Downloader.create(System.getenv()),
                        store,
                        Progress.SILENT,
                        "osie-build lock")
                .fetch(packages);
    }

    Store store() {
        return store;
    }

    DebianDepmod depmod() {
        return depmod;
    }

    static ModuleSet set(String name, Architecture architecture) {
        return ModuleSet.read(CONFIGS.resolve("modules"), name, architecture);
    }

    Kernel build(String kernel, Architecture architecture, ModuleSet modules) {
        return new KernelBuilder(store, lock.date().getEpochSecond(), Progress.SILENT)
                .build(tree(kernel, architecture), architecture, modules);
    }

    /** The files of a kernel, which are in the store. */
    KernelTree tree(String kernel, Architecture architecture) {
        List<BinaryPackage> packages = packagesOf(kernel, architecture);
        fetch(packages);
        return KernelTree.of(store, packages);
    }

    /** The packages of a set of the lock. */
    List<BinaryPackage> packagesOf(String kernel, Architecture architecture) {
        return origin(kernel).kernelAmong(lock.packagesOf(architecture, kernel), architecture);
    }

    List<BinaryPackage> microcode() {
        List<BinaryPackage> packages = lock.packagesOf(Architecture.X86_64, "microcode");
        fetch(packages);
        return packages;
    }

    /** Does something with the files of a kernel, which are there for as long as that takes. */
    void withFiles(String kernel, Architecture architecture, Use use) throws Exception {
        KernelTree tree = tree(kernel, architecture);
        try (Scratch scratch = store.scratch()) {
            use.of(KernelFiles.of(tree.reader().apply(scratch), tree.name()));
        }
    }

    /** Something that is done with files. */
    interface Use {
        void of(KernelFiles files) throws Exception;
    }

    /** A root with the modules of a kernel and all that was made for them. */
    Path unpackedForDepmod(Kernel kernel) throws IOException {
        Path root = Files.createTempDirectory(directory, "root-");
        DebianDepmod.unpack(TarLayer.read(store, kernel.modules().digest()).tree(), root);
        Files.createSymbolicLink(root.resolve("lib"), Path.of("usr", "lib"));
        return root;
    }

    private static KernelOrigin.DebianPackage origin(String kernel) {
        return (KernelOrigin.DebianPackage) definition(kernel).origin();
    }

    private static KernelDefinition definition(String kernel) {
        return KernelDefinition.read(CONFIGS, kernel);
    }
}
