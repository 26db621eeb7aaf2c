package dev.osie.build.assemble;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.kernel.KernelTree;
import dev.osie.build.lock.PackageSet;
import dev.osie.build.store.Store;
import java.util.List;

/** Gets the files of a kernel from where its definition says they are. */
interface KernelSupply {
    /** What has to be in the lock. */
    List<PackageSet> sets();

    /** The locked packages that the kernel's files are made of. */
    List<BinaryPackage> packages(LockedPackages locked);

    /** The kernel's files. {@link #packages} have to be in the store before they are read. */
    KernelTree tree(LockedPackages locked, Store store);
}
