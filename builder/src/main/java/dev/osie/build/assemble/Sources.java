package dev.osie.build.assemble;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.image.Recipe;
import dev.osie.build.image.Recipes;
import dev.osie.build.lock.Lock;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.Manifest;
import dev.osie.build.oci.Reference;
import dev.osie.build.spec.ImageName;
import dev.osie.build.spec.OsieDocument;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a build draws on.
 *
 * @param kernel made from a package, if one is
 * @param images that no recipe makes
 * @param lock of what the document needs from elsewhere; empty when that is nothing
 * @param locked digests by the names that {@link ImageSupply#lockName} gives
 */
record Sources(
        OsieDocument document,
        Recipes recipes,
        Optional<KernelChoice> kernel,
        ImageSupply images,
        Optional<Lock> lock,
        Map<String, Digest> locked) {
    /** All packages that the recipes and the kernel are made of, whatever earlier builds have left in the store. */
    SortedSet<BinaryPackage> packages(LockedPackages source) {
        SortedSet<BinaryPackage> packages = new TreeSet<>();
        for (String name : document.recipes()) {
            for (Recipe recipe : recipes.chain(name)) {
                packages.addAll(source.installed(recipe));
                recipe.jre().ifPresent(any -> packages.add(source.jdk(recipe)));
            }
        }
        kernel.ifPresent(choice -> packages.add(source.kernel(choice.definition())));
        return packages;
    }

    /** What the store lacks of packages and images, in words. */
    List<String> missing(Collection<BinaryPackage> packages, Store store) {
        List<String> missing = new ArrayList<>();
        for (BinaryPackage binary : new TreeSet<>(packages)) {
            if (!store.contains(binary.deb())) {
                missing.add("the package " + binary);
            }
        }
        for (ImageName name : foreign()) {
            digest(name)
                    .filter(digest ->
                            images.find(images.reference(name), digest).isEmpty())
                    .ifPresent(digest -> missing.add(
                            "the image " + images.reference(name).at(digest) + " (" + name.position() + ")"));
        }
        return missing;
    }

    /** Brings the images into the store, and tells all blobs that they consist of. */
    SortedSet<Digest> fetchImages(Store store) {
        DocumentImages fetched = new DocumentImages(Map.of(), locked, images, store);
        SortedSet<Digest> blobs = new TreeSet<>();
        for (ImageName name : foreign()) {
            Image image = fetched.image(name);
            images.reference(name).digest().filter(store::contains).ifPresent(blobs::add);
            blobs.add(image.manifest());
            blobs.add(Manifest.read(store.readAllBytes(image.kept())).config().digest());
            image.layers().forEach(layer -> blobs.add(layer.blob().digest()));
        }
        return blobs;
    }

    private List<ImageName> foreign() {
        return document.images().stream()
                .filter(name -> name.recipe().isEmpty())
                .toList();
    }

    private Optional<Digest> digest(ImageName name) {
        Reference reference = images.reference(name);
        return reference.digest().or(() -> Optional.ofNullable(locked.get(ImageSupply.lockName(reference))));
    }
}
