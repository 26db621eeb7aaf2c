package dev.osie.build.assemble;

import dev.osie.build.failure.BuildException;
import dev.osie.build.lock.LockedImage;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Reference;
import dev.osie.build.oci.registry.RegistryImages;
import dev.osie.build.oci.registry.RegistrySettings;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.spec.ImageName;
import dev.osie.build.spec.OsieDocument;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import dev.osie.build.yaml.Position;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Images that no recipe makes: those of the store, and of registries by digest. */
final class ImageSupply {
    private final Architecture architecture;
    private final Layout layout;
    private final RegistryImages registries;
    private final Progress progress;
    private final PackageTags packages;
    private final Map<String, Position> positions = new HashMap<>();

    ImageSupply(
            RegistrySettings settings,
            boolean offline,
            Architecture architecture,
            PackageTags packages,
            Store store,
            Progress progress) {
        this.packages = packages;
        this.architecture = architecture;
        this.layout = new Layout(store);
        this.registries = offline
                ? RegistryImages.offline(store, settings, progress)
                : RegistryImages.create(store, settings, System.getenv(), progress);
        this.progress = progress;
    }

    /** The full names of a document's images that a registry has to be asked about: those with a tag that the store doesn't know. */
    SortedSet<String> unknown(OsieDocument document) {
        SortedSet<String> names = new TreeSet<>();
        for (ImageName image : document.images()) {
            if (image.recipe().isEmpty()) {
                Reference reference = reference(image);
                if (reference.digest().isEmpty() && layout.find(reference).isEmpty()) {
                    String name = lockName(reference);
                    names.add(name);
                    positions.putIfAbsent(name, image.position());
                }
            }
        }
        return names;
    }

    /** By what the image is asked for. */
    Reference reference(ImageName image) {
        return packages.of(image);
    }

    /** How a lock calls an image. */
    static String lockName(Reference reference) {
        return reference.expanded() + (reference.tag().isEmpty() ? ":latest" : "");
    }

    /** What the names mean today. */
    SortedMap<String, LockedImage> resolve(Collection<String> names) {
        SortedMap<String, LockedImage> images = new TreeMap<>();
        for (String name : names) {
            SortedMap<Architecture, Digest> manifests = new TreeMap<>();
            Digest digest = resolve(name);
            manifests.put(architecture, digest);
            progress.info("  image      " + name + " is " + digest);
            images.put(name, new LockedImage(name, manifests));
        }
        return images;
    }

    private Digest resolve(String name) {
        try {
            return registries.resolve(Reference.parse(name), architecture);
        } catch (BuildException e) {
            throw positions.containsKey(name) ? e.at(positions.get(name).toString()) : e;
        }
    }

    /** The image with that manifest, from the store or else from its registry. */
    Image byDigest(Reference name, Digest digest) {
        return find(name, digest).orElseGet(() -> registries.pull(name, digest, architecture));
    }

    /** The image with that manifest, if all of it is in the store. */
    Optional<Image> find(Reference name, Digest digest) {
        return registries
                .find(name, digest, architecture)
                .or(() -> Optional.of(digest).filter(layout::holds).map(known -> layout.read(name, known)));
    }

    Layout layout() {
        return layout;
    }
}
