package dev.osie.build.assemble;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.Downloader;
import dev.osie.build.kbuild.KernelCompiler;
import dev.osie.build.kbuild.KernelPlan;
import dev.osie.build.kconfig.ConfigChange;
import dev.osie.build.kconfig.Fragment;
import dev.osie.build.kconfig.FragmentFolder;
import dev.osie.build.kconfig.WantedConfig;
import dev.osie.build.kernel.KernelOrigin;
import dev.osie.build.kernel.KernelTree;
import dev.osie.build.kernel.SourceArchive;
import dev.osie.build.lock.PackageSet;
import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Store;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** A kernel that is compiled, unless the store has it. */
final class BuiltKernel implements KernelSupply {
    private final Path kernels;
    private final String name;
    private final KernelOrigin.Source origin;
    private final Architecture architecture;
    private final Compilers compilers;

    /**
     * A kernel.
     *
     * @param kernels the folder of its document and its fragments
     * @param name of its document
     */
    BuiltKernel(Path kernels, String name, KernelOrigin.Source origin, Architecture architecture, Compilers compilers) {
        this.kernels = kernels;
        this.name = name;
        this.origin = origin;
        this.architecture = architecture;
        this.compilers = compilers;
    }

    /** Kernels of the same sources share them in a lock. */
    private static String set(SourceArchive.DebianPackage source) {
        return "source/" + source.name();
    }

    @Override
    public List<PackageSet> sets() {
        return origin.archive() instanceof SourceArchive.DebianPackage source
                ? List.of(PackageSet.only(set(source), List.of(source.name())))
                : List.of();
    }

    @Override
    public List<BinaryPackage> packages(LockedPackages locked) {
        return origin.archive() instanceof SourceArchive.DebianPackage source ? locked.of(set(source)) : List.of();
    }

    @Override
    public KernelTree tree(LockedPackages locked, Store store) {
        KernelPlan plan = plan(locked, store);
        Blob tar = compiler(store).compile(plan);
        return KernelTree.ofTar(store, tar, name + " of " + plan.source().name(), "source");
    }

    /** The fragments that count. */
    List<Fragment> fragments() {
        Problems problems = new Problems();
        List<Fragment> fragments = folder().read(architecture, origin.fragments(), problems);
        problems.throwIfAny();
        return fragments;
    }

    FragmentFolder folder() {
        return new FragmentFolder(kernels.resolve(origin.series()));
    }

    /** Lets somebody change the configuration. */
    ConfigChange change(
            LockedPackages locked, Store store, Function<KernelCompiler, Function<KernelPlan, ConfigChange>> how) {
        return how.apply(compiler(store)).apply(plan(locked, store));
    }

    private KernelCompiler compiler(Store store) {
        return new KernelCompiler(compilers.toolchain(architecture), store, compilers.progress());
    }

    private KernelPlan plan(LockedPackages locked, Store store) {
        Problems problems = new Problems();
        WantedConfig wanted = WantedConfig.merge(fragments(), problems);
        problems.throwIfAny();
        return new KernelPlan(
                name,
                Position.whole(kernels.resolve(name + ".yaml").toString()),
                architecture,
                new SourceSupply(downloader(), store, compilers.progress())
                        .source(origin.archive(), locked, packages(locked)),
                origin.base(),
                wanted);
    }

    private Downloader downloader() {
        return compilers.isOffline() ? Downloader.offline() : Downloader.create(System.getenv());
    }
}
