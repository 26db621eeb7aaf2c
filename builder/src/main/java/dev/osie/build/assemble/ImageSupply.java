package dev.osie.build.assemble;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.failure.BuildException;
import dev.osie.build.lock.LockedImage;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Reference;
import dev.osie.build.oci.registry.Located;
import dev.osie.build.oci.registry.RegistryImages;
import dev.osie.build.oci.registry.RegistrySettings;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.spec.ImageName;
import dev.osie.build.spec.OsieDocument;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import dev.osie.build.yaml.Position;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

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
            Architecture architecture,
            PackageTags packages,
            Store store,
            Progress progress) {
        this.packages = packages;
        this.architecture = architecture;
        this.layout = new Layout(store);
        this.registries = RegistryImages.create(store, settings, System.getenv(), progress);
        this.progress = progress;
    }

    /** The full names of a document's images that a registry has to be asked about: those with a tag that the store doesn't know. */
    SortedSet<String> unknown(OsieDocument document) {
        return names(document, reference -> layout.find(reference).isEmpty());
    }

    /** The full names of all images of a document that are named by a tag. */
    SortedSet<String> tagged(OsieDocument document) {
        return names(document, reference -> true);
    }

    private SortedSet<String> names(OsieDocument document, Predicate<Reference> wanted) {
        SortedSet<String> names = new TreeSet<>();
        for (ImageName image : document.images()) {
            if (image.recipe().isEmpty()) {
                Reference reference = reference(image);
                if (reference.digest().isEmpty() && wanted.test(reference)) {
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

    /** What a name means today, for every architecture that there is an image for. */
    LockedImage locate(String name) {
        try {
            Located located = registries.locate(Reference.parse(name));
            if (located.manifests().isEmpty()) {
                throw notMadeFor(name, architecture, located.platforms());
            }
            LockedImage image = new LockedImage(name, located.index(), located.manifests());
            progress.info("  image      " + name + " is "
                    + located.index()
                            .orElseGet(() ->
                                    located.manifests().get(located.manifests().firstKey())) + " for "
                    + architectures(image));
            return image;
        } catch (BuildException e) {
            throw located(name, e);
        }
    }

    /** Fails when an image is not made for the architecture. */
    void requireManifest(LockedImage image) {
        if (image.manifest(architecture).isEmpty()) {
            throw located(image.name(), notMadeFor(image.name(), architecture, architectures(image)))
                    .hint("Perhaps a newer one is: --update " + image.name());
        }
    }

    private static BuildException notMadeFor(String name, Architecture architecture, String others) {
        return unavailable("The image " + name + " is not made for " + architecture + "; there are " + others + ".");
    }

    private static String architectures(LockedImage image) {
        return image.manifests().keySet().stream().map(Architecture::toString).collect(Collectors.joining(", "));
    }

    private BuildException located(String name, BuildException failure) {
        return positions.containsKey(name) ? failure.at(positions.get(name).toString()) : failure;
    }

    /** The image with that manifest, from the store or else from its registry. */
    Image byDigest(Reference name, Digest digest) {
        return layout.holds(digest) ? layout.read(name, digest) : registries.pull(name, digest, architecture);
    }

    Layout layout() {
        return layout;
    }
}
