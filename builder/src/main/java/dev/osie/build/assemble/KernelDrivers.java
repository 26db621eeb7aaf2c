package dev.osie.build.assemble;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.DebReader;
import dev.osie.build.kernel.DriverSource;
import dev.osie.build.kernel.DriverSource.Form;
import dev.osie.build.lock.PackageSet;
import dev.osie.build.oci.Image;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.spec.DriverEntry;
import dev.osie.build.spec.FileEntry;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.LayerFlattener;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import dev.osie.build.yaml.Problems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The modules that documents add to a kernel, found: files of the host by their content, packages and images as the lock has them. */
final class KernelDrivers {
    private final List<DriverEntry> entries;
    private final Function<FileEntry.Source, Path> files;
    private final Compilers compilers;

    /**
     * The modules of entries.
     *
     * @param files finds those of the host
     * @param compilers for those that are built from source
     */
    KernelDrivers(List<DriverEntry> entries, Function<FileEntry.Source, Path> files, Compilers compilers) {
        this.entries = List.copyOf(entries);
        this.files = files;
        this.compilers = compilers;
    }

    /** Whether some are built from source. */
    boolean isBuilt() {
        return entries.stream().anyMatch(entry -> entry.kind() instanceof DriverEntry.Tree);
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** What has to be in the lock. */
    List<PackageSet> sets() {
        return names().stream()
                .map(name -> PackageSet.only(set(name), List.of(name)))
                .toList();
    }

    List<BinaryPackage> packages(LockedPackages locked) {
        return names().stream().map(name -> locked.of(set(name)).get(0)).toList();
    }

    private List<String> names() {
        return entries.stream()
                .map(DriverEntry::kind)
                .filter(DriverEntry.Package.class::isInstance)
                .map(kind -> ((DriverEntry.Package) kind).name())
                .distinct()
                .toList();
    }

    private static String set(String name) {
        return "driver/" + name;
    }

    /**
     * What is added, unread. Packages have to be in the store by the time they are read; images are fetched then, and sources built.
     *
     * @param headers the packages of the kernel's headers
     */
    List<DriverSource> sources(
            Architecture architecture,
            List<BinaryPackage> headers,
            Store store,
            LockedPackages locked,
            Progress progress) {
        List<DriverSource> sources = new ArrayList<>();
        for (DriverEntry entry : entries) {
            if (entry.kind() instanceof DriverEntry.Files named) {
                named.files().forEach(file -> sources.add(file(entry, file, store)));
            } else if (entry.kind() instanceof DriverEntry.Deb deb) {
                Blob blob = taken(deb.file(), store);
                String name = deb.file().file();
                sources.add(new DriverSource(
                        name,
                        blob.digest(),
                        Form.ROOT,
                        entry.position(),
                        scratch -> DebReader.read(store, blob.digest(), name, scratch)));
            } else if (entry.kind() instanceof DriverEntry.Package named) {
                BinaryPackage deb = locked.of(set(named.name())).get(0);
                sources.add(new DriverSource(
                        deb.toString(),
                        deb.deb().digest(),
                        Form.ROOT,
                        entry.position(),
                        scratch -> DebReader.read(store, deb, scratch)));
            } else if (entry.kind() instanceof DriverEntry.InImage named) {
                sources.add(new DriverSource(
                        named.image().text(),
                        locked.digest(named.image()),
                        Form.ROOT,
                        entry.position(),
                        scratch -> root(locked.image(named.image()), store)));
            } else if (entry.kind() instanceof DriverEntry.Tree tree) {
                DriverBuild build = new DriverBuild(architecture, headers, compilers.toolchain(architecture));
                sources.add(built(entry, tree.directory(), build, store, progress));
            }
        }
        return sources;
    }

    private DriverSource file(DriverEntry entry, FileEntry.Source source, Store store) {
        Blob blob = taken(source, store);
        String name = files.apply(source).getFileName().toString();
        Tree tree = new Tree.Builder()
                .put(name, new Node.RegularFile(Attributes.root(0644, 0), Content.of(store, blob)))
                .build(0);
        return new DriverSource(name, blob.digest(), Form.MODULES, source.position(), scratch -> tree);
    }

    private DriverSource built(
            DriverEntry entry, FileEntry.Source directory, DriverBuild build, Store store, Progress progress) {
        if (build.headers().isEmpty()) {
            throw Problems.failure(
                    directory.position(),
                    "modules are built from source against Debian's headers, and this kernel has none");
        }
        Blob source = SourceTree.of(files.apply(directory), store);
        String name = directory.file();
        return new DriverSource(
                name,
                build.identity(source),
                Form.MODULES,
                entry.position(),
                scratch -> build.modules(name, source, store, progress));
    }

    private Blob taken(FileEntry.Source source, Store store) {
        Path file = files.apply(source);
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw Problems.failure(
                    source.position(),
                    "'" + source.file() + "' is not a file that can be read (looked for " + file + ")");
        }
        return store.write(out -> Files.copy(file, out));
    }

    private static Tree root(Image image, Store store) {
        return LayerFlattener.flatten(image.layers().stream()
                .map(layer -> TarLayer.read(store, layer.blob().digest()))
                .toList());
    }
}
