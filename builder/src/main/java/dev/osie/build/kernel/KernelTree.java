package dev.osie.build.kernel;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.DebReader;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Scratch;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * All files of one kernel, laid out as Debian's {@code linux-image-RELEASE} has them: {@code boot/vmlinuz-RELEASE}, the modules with their
 * lists below {@code lib/modules/RELEASE} or {@code usr/lib/modules/RELEASE}, and device trees below {@code usr/lib/linux-image-RELEASE}.
 * Packages of linux 7.3 have the kernel and the device trees among the modules, as {@code vmlinuz} and {@code dtb}.
 *
 * @param digest of what they are read from, which stands for them when results are remembered
 * @param name of their origin in messages: {@code linux-image-6.12.107+deb13-amd64 6.12.107-1}
 * @param scheme of that origin: {@code debian}
 * @param reader unpacks them; the tree lives as long as the scratch directory
 */
public record KernelTree(Digest digest, String name, String scheme, Function<Scratch, Tree> reader) {
    /** The files of a package that is in the store by the time they are read. */
    public static KernelTree of(Store store, BinaryPackage deb) {
        return ofDeb(store, deb.deb().digest(), deb.toString(), "debian");
    }

    /** The files of several packages, of which the first one named after the kernel's image gives all the name. */
    public static KernelTree of(Store store, List<BinaryPackage> debs) {
        if (debs.size() == 1) {
            return of(store, debs.get(0));
        }
        String digests = debs.stream().map(deb -> deb.deb().digest().toString()).collect(Collectors.joining(" "));
        String name = debs.stream()
                .filter(deb -> deb.name().startsWith("linux-image-"))
                .findFirst()
                .orElse(debs.get(0))
                .toString();
        return new KernelTree(Digest.ofText("packages " + digests), name, "debian", scratch -> {
            Tree.Builder all = new Tree.Builder();
            debs.forEach(deb -> all.putAll(DebReader.read(store, deb, scratch)));
            return all.build(0);
        });
    }

    /** The same for a package that is known by its digest alone. */
    public static KernelTree ofDeb(Store store, Digest deb, String name, String scheme) {
        return new KernelTree(deb, name, scheme, scratch -> DebReader.read(store, deb, name, scratch));
    }

    /** The files of an uncompressed tar archive in the store. */
    public static KernelTree ofTar(Store store, Blob tar, String name, String scheme) {
        return new KernelTree(
                tar.digest(),
                name,
                scheme,
                scratch -> TarLayer.read(store, tar.digest()).tree());
    }

    /**
     * Lays the parts of a kernel out.
     *
     * @param vmlinuz the image that a boot loader starts
     * @param modules a tree with {@code lib/modules/RELEASE} or {@code usr/lib/modules/RELEASE}, which also tells the release
     * @param deviceTrees by the paths that they have in the kernel's sources
     * @param name of where the parts come from, for messages
     */
    public static Tree laidOut(Node.RegularFile vmlinuz, Tree modules, Tree deviceTrees, String name) {
        String release = KernelFiles.modulesOf(modules, name).release();
        return new Tree.Builder()
                .putAll(modules)
                .put(KernelFiles.VMLINUZ + release, vmlinuz)
                .putAll(deviceTrees.below(KernelFiles.DEVICE_TREES + release))
                .build(0);
    }

    /** Where files of it come from, as an image's history and the list of an initramfs say it. */
    public String provenance() {
        return scheme + ":" + name;
    }
}
