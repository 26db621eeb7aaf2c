package dev.osie.build.assemble;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.kernel.KernelOrigin;
import dev.osie.build.kernel.KernelTree;
import dev.osie.build.lock.PackageSet;
import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Store;
import java.util.List;
import java.util.Optional;

/**
 * A kernel as Debian ships it.
 *
 * @param set its name in the lock
 * @param suite that it is taken from, if it is one of its own
 */
record PackagedKernel(String set, KernelOrigin.DebianPackage origin, Optional<String> suite, Architecture architecture)
        implements KernelSupply {
    @Override
    public List<PackageSet> sets() {
        return List.of(PackageSet.closed(set, List.of(origin.name(architecture)), origin.exclude())
                .from(suite));
    }

    @Override
    public List<BinaryPackage> packages(LockedPackages locked) {
        return origin.kernelAmong(locked.of(set), architecture);
    }

    @Override
    public KernelTree tree(LockedPackages locked, Store store) {
        return KernelTree.of(store, packages(locked));
    }

    @Override
    public Optional<KernelHeaders> headers() {
        return Optional.of(new KernelHeaders(set, origin, suite, architecture));
    }
}
