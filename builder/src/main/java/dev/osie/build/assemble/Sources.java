package dev.osie.build.assemble;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.image.Recipe;
import dev.osie.build.image.Recipes;
import dev.osie.build.lock.Lock;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Manifest;
import dev.osie.build.oci.Reference;
import dev.osie.build.spec.ImageName;
import dev.osie.build.spec.OsieDocument;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a build draws on.
 *
 * @param kernel made here, if one is
 * @param lock of what the document needs from elsewhere; an empty one when that is nothing
 * @param others the images that no recipe makes
 */
record Sources(
        OsieDocument document,
        Recipes recipes,
        Optional<KernelChoice> kernel,
        LockNeeds needs,
        Lock lock,
        LockedImages others) {
    /** All packages that the recipes and the kernel are made of, whatever earlier builds have left in the store. */
    SortedSet<BinaryPackage> packages(LockedPackages source) {
        SortedSet<BinaryPackage> packages = new TreeSet<>();
        for (Recipe recipe : recipesNeeded()) {
            packages.addAll(source.installed(recipe));
            recipe.jre().ifPresent(any -> packages.add(source.jdk(recipe)));
        }
        kernel.ifPresent(choice -> packages.addAll(choice.packages(source)));
        return packages;
    }

    private Collection<Recipe> recipesNeeded() {
        return LockedPackages.needed(needs.architecture(), recipes, document.recipes());
    }

    /** What the store lacks of packages and images, in words. */
    List<String> missing(Collection<BinaryPackage> packages, Store store) {
        List<String> missing = new ArrayList<>();
        for (BinaryPackage binary : new TreeSet<>(packages)) {
            if (!store.contains(binary.deb())) {
                missing.add("the package " + binary);
            }
        }
        ImageSupply images = needs.images();
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
        Layout layout = new Layout(store);
        SortedSet<Digest> blobs = new TreeSet<>();
        for (ImageName name : foreign()) {
            Image image = others.find(name);
            needs.images().reference(name).digest().filter(store::contains).ifPresent(blobs::add);
            Optional.of(image.manifest()).filter(store::contains).ifPresent(blobs::add);
            Digest own = layout.stored(image).manifest();
            blobs.add(Manifest.read(store.readAllBytes(own)).config().digest());
            image.layers().forEach(layer -> blobs.add(layer.blob().digest()));
        }
        return blobs;
    }

    /** The images that no recipe makes: of the document, and those that its recipes build on. */
    private List<ImageName> foreign() {
        List<ImageName> names = new ArrayList<>();
        document.images().stream().filter(name -> name.recipe().isEmpty()).forEach(names::add);
        recipesNeeded().forEach(recipe -> recipe.base().ifPresent(names::add));
        kernel.ifPresent(choice -> names.addAll(choice.images()));
        return names;
    }

    private Optional<Digest> digest(ImageName name) {
        Reference reference = needs.images().reference(name);
        return reference.digest().or(() -> lock.image(ImageSupply.lockName(reference), needs.architecture()));
    }
}
