package dev.osie.build.image;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.oci.Image;
import dev.osie.build.spec.ImageName;
import java.util.Collection;
import java.util.List;

/** Which Debian packages and images a recipe gets, and where they come from. */
public interface PackageSource {
    /** The recipe's {@code packages} with what they depend on, less its {@code exclude}. */
    List<BinaryPackage> installed(Recipe recipe);

    /** The package that {@code jre.package} names, alone. */
    BinaryPackage jdk(Recipe recipe);

    /** The image that {@code from} names by reference. */
    Image image(ImageName name);

    /** Makes sure that the store holds the packages' files. */
    void fetch(Collection<BinaryPackage> packages);
}
