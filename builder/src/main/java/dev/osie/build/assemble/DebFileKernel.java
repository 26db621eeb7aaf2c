package dev.osie.build.assemble;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.kernel.KernelTree;
import dev.osie.build.lock.PackageSet;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A kernel out of a {@code .deb} file of the user's own. */
record DebFileKernel(Path file) implements KernelSupply {
    @Override
    public List<PackageSet> sets() {
        return List.of();
    }

    @Override
    public List<BinaryPackage> packages(LockedPackages locked) {
        return List.of();
    }

    /** The file is copied to the store, where it can't change any more. */
    @Override
    public KernelTree tree(LockedPackages locked, Store store) {
        try (InputStream in = Files.newInputStream(file)) {
            Blob deb = store.write(in::transferTo);
            return KernelTree.ofDeb(store, deb.digest(), file.getFileName().toString(), "deb");
        } catch (IOException e) {
            throw unavailable("Tried to read the kernel's package " + file + ", but " + e.getMessage())
                    .because(e);
        }
    }
}
