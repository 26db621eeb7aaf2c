package dev.osie.build.assemble;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.kernel.KernelOrigin;
import dev.osie.build.lock.PackageSet;
import dev.osie.build.platform.Architecture;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Debian's packages of the headers of one of its kernels. By its naming, {@code linux-headers-X} goes with {@code linux-image-X}, for
 * releases as for the packages that depend on the newest.
 *
 * @param kernel the name of the kernel's packages in the lock
 * @param origin the kernel's package
 * @param suite that it is taken from, if it is one of its own
 */
record KernelHeaders(
        String kernel, KernelOrigin.DebianPackage origin, Optional<String> suite, Architecture architecture) {
    private static final String IMAGE = "linux-image-";
    private static final String HEADERS = "linux-headers-";
    private static final String KBUILD = "linux-kbuild-";
    private static final String UNSIGNED = "-unsigned";

    /** What they depend on for building: that has to come with the compiler. */
    private static final List<String> TOOLS =
            List.of("gcc-14", "pahole", "libc6", "libelf1t64", "libssl3t64", "zlib1g", "linux-base");

    /** What has to be in the lock. */
    PackageSet set() {
        SortedSet<String> exclude = new TreeSet<>(origin.exclude());
        exclude.addAll(TOOLS);
        return PackageSet.closed(name(), List.of(headersOf(origin.name(architecture))), exclude)
                .from(suite);
    }

    private String name() {
        return "headers/" + kernel.replaceFirst(".*/", "");
    }

    /** The package with what the kernel and its modules export, {@code Module.symvers}. */
    BinaryPackage symbols(LockedPackages locked, List<BinaryPackage> kernel) {
        BinaryPackage image = kernel.stream()
                .filter(each -> each.name().startsWith(IMAGE))
                .findFirst()
                .orElse(kernel.get(0));
        String wanted = headersOf(image.name());
        List<BinaryPackage> all = locked.of(name());
        return all.stream()
                .filter(each -> each.name().equals(wanted))
                .findFirst()
                .orElseThrow(
                        () -> badInput("The kernel is " + image + ", and the lock has no headers of it, but " + all)
                                .hint("Perhaps move both on: osie-build lock --update"));
    }

    /** The packages that modules are built with, that of {@link #symbols} first. */
    List<BinaryPackage> build(LockedPackages locked, List<BinaryPackage> kernel) {
        BinaryPackage symbols = symbols(locked, kernel);
        String meta = headersOf(origin.name(architecture));
        return Stream.concat(
                        Stream.of(symbols),
                        locked.of(name()).stream()
                                .filter(each -> each.name().startsWith(HEADERS)
                                        || each.name().startsWith(KBUILD))
                                .filter(each -> !each.name().equals(meta) && !each.equals(symbols)))
                .toList();
    }

    private static String headersOf(String image) {
        String release = image.endsWith(UNSIGNED) ? image.substring(0, image.length() - UNSIGNED.length()) : image;
        if (!release.startsWith(IMAGE)) {
            throw badInput(
                    "Added modules are compared with the headers of the kernel, and it can't be told which go with "
                            + image + ": expected a package called " + IMAGE + "…");
        }
        return HEADERS + release.substring(IMAGE.length());
    }
}
