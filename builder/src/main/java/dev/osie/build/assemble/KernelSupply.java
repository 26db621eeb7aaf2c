package dev.osie.build.assemble;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.kernel.KernelTree;
import dev.osie.build.lock.PackageSet;
import dev.osie.build.spec.ImageName;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Store;
import java.util.List;
import java.util.Optional;

/** Gets the files of a kernel from where its definition says they are. */
interface KernelSupply {
    /** What has to be in the lock. */
    List<PackageSet> sets();

    /** The locked packages that the kernel's files are made of. */
    List<BinaryPackage> packages(LockedPackages locked);

    /** The kernel's files. {@link #packages} have to be in the store before they are read. */
    KernelTree tree(LockedPackages locked, Store store);

    /** The images that the kernel's files are taken from. */
    default List<ImageName> images() {
        return List.of();
    }

    /** Microcode for processors that comes with the kernel, as an uncompressed cpio archive. */
    default Optional<Blob> ucode(LockedPackages locked, Store store) {
        return Optional.empty();
    }

    /** Whether somebody has chosen already which modules there are, so that all of them are wanted where no set is named. */
    default boolean isSelected() {
        return false;
    }

    /** The packages with which modules for the kernel are compared; empty where its own files tell all that is needed. */
    default Optional<KernelHeaders> headers() {
        return Optional.empty();
    }
}
