package dev.osie.build.image;

import dev.osie.build.debian.BinaryPackage;
import java.util.Collection;
import java.util.List;

/** Which Debian packages a recipe gets, and where they come from. */
public interface PackageSource {
    /** The recipe's {@code packages} with what they depend on, less its {@code exclude}. */
    List<BinaryPackage> installed(Recipe recipe);

    /** The package that {@code jre.package} names, alone. */
    BinaryPackage jdk(Recipe recipe);

    /** Makes sure that the store holds the packages' files. */
    void fetch(Collection<BinaryPackage> packages);
}
