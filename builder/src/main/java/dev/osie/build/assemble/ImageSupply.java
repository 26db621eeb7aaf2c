package dev.osie.build.assemble;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.failure.BuildException;
import dev.osie.build.lock.LockedImage;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Platform;
import dev.osie.build.oci.Reference;
import dev.osie.build.oci.daemon.DaemonImages;
import dev.osie.build.oci.registry.Located;
import dev.osie.build.oci.registry.RegistryImages;
import dev.osie.build.oci.source.SourceName;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.spec.ImageName;
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
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Images that no recipe makes. What a name means is found out when a lock is made: what Docker has, where it may be asked, goes before what was
 * imported, and that before the registry. From then on the digest counts.
 */
final class ImageSupply {
    private final Architecture architecture;
    private final Layout layout;
    private final RegistryImages registries;
    private final Optional<DaemonImages> docker;
    private final Progress progress;
    private final PackageTags packages;
    private final Map<String, Position> positions = new HashMap<>();

    ImageSupply(BuildRequest request, PackageTags packages, Store store, Progress progress) {
        this(request.architecture(), registries(request, store, progress), request.docker(), packages, store, progress);
    }

    private static RegistryImages registries(BuildRequest request, Store store, Progress progress) {
        return request.offline().isPresent()
                ? RegistryImages.offline(store, request.registries(), progress)
                : RegistryImages.create(store, request.registries(), System.getenv(), progress);
    }

    ImageSupply(
            Architecture architecture,
            RegistryImages registries,
            boolean docker,
            PackageTags packages,
            Store store,
            Progress progress) {
        this.packages = packages;
        this.architecture = architecture;
        this.layout = new Layout(store);
        this.registries = registries;
        this.docker =
                docker ? Optional.of(DaemonImages.ofEnvironment(System.getenv(), store, progress)) : Optional.empty();
        this.progress = progress;
    }

    /** The full names of images that a lock has to pin: those with a tag, but for images that this program made. */
    SortedSet<String> unknown(Collection<ImageName> images) {
        return names(images, reference -> own(reference).isEmpty());
    }

    /** The full names of all images that are named by a tag. */
    SortedSet<String> tagged(Collection<ImageName> images) {
        return names(images, reference -> true);
    }

    private SortedSet<String> names(Collection<ImageName> images, Predicate<Reference> wanted) {
        SortedSet<String> names = new TreeSet<>();
        for (ImageName image : images) {
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

    private Optional<Layout.Entry> own(Reference reference) {
        return layout.entry(reference, Platform.linux(architecture))
                .filter(entry -> entry.imported().isEmpty());
    }

    /** By what the image is asked for. */
    Reference reference(ImageName image) {
        return packages.of(image);
    }

    /** How a lock calls an image. */
    static String lockName(Reference reference) {
        return reference.full().toString();
    }

    /** What a name means today: for every architecture that there is an image for, or that Docker or an import has. */
    LockedImage locate(String name) {
        Reference reference = Reference.parse(name);
        try {
            LockedImage image =
                    ofDocker(reference).or(() -> imported(reference)).orElseGet(() -> ofRegistry(reference));
            Digest digest = image.index()
                    .orElseGet(() -> image.manifests().get(image.manifests().firstKey()));
            progress.info("  image      " + name + " is " + digest + " for " + architectures(image)
                    + image.from().map(place -> " (from " + place + ")").orElse(""));
            return image;
        } catch (BuildException e) {
            throw located(name, e);
        }
    }

    private LockedImage ofRegistry(Reference reference) {
        Located located = registries.locate(reference);
        if (located.manifests().isEmpty()) {
            throw notMadeFor(reference.toString(), architecture, located.platforms());
        }
        return new LockedImage(reference.toString(), located.index(), located.manifests());
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

    private Optional<LockedImage> ofDocker(Reference reference) {
        return docker.flatMap(daemon -> daemon.find(reference, architecture)).map(image -> {
            // Without a name the next clean-up of the store would take it for a leftover.
            Reference kept = new Reference(
                    reference.repository(), Optional.of(image.manifest().hex()), Optional.empty());
            layout.nameImport(kept, image, SourceName.Transport.DOCKER_DAEMON.toString(), Optional.empty());
            SortedMap<Architecture, Digest> manifests = new TreeMap<>(Map.of(architecture, image.manifest()));
            return locked(reference, manifests, SourceName.Transport.DOCKER_DAEMON);
        });
    }

    private Optional<LockedImage> imported(Reference reference) {
        SortedMap<Architecture, Digest> manifests = new TreeMap<>();
        Optional<String> from = Optional.empty();
        for (Architecture each : Architecture.values()) {
            Optional<Layout.Entry> entry = layout.entry(reference, Platform.linux(each))
                    .filter(found -> found.imported().isPresent())
                    .filter(found -> layout.holds(found.manifest().digest()));
            if (entry.isPresent()) {
                manifests.put(each, layout.digest(entry.get()));
                from = from.or(entry.get()::imported);
            }
        }
        return from.filter(place -> manifests.containsKey(architecture))
                .map(SourceName.Transport::of)
                .map(place -> locked(reference, manifests, place));
    }

    private static LockedImage locked(
            Reference reference, SortedMap<Architecture, Digest> manifests, SourceName.Transport place) {
        boolean registry = place == SourceName.Transport.REGISTRY;
        return new LockedImage(
                reference.toString(),
                Optional.empty(),
                manifests,
                registry ? Optional.empty() : Optional.of(place.toString()));
    }

    /** The digest of the manifest of an image that the lock has. */
    Digest digest(LockedImage image) {
        return image.manifest(architecture).orElseThrow();
    }

    /** The image that the lock has under a name. */
    Image locked(Reference name, LockedImage image) {
        Digest digest = digest(image);
        if (image.from().isEmpty() || find(name, digest).isPresent()) {
            return byDigest(name, digest);
        }
        SourceName.Transport place = SourceName.Transport.of(image.from().get());
        if (place == SourceName.Transport.DOCKER_DAEMON && docker.isPresent()) {
            return ofDocker(name.full())
                    .flatMap(found -> found.manifest(architecture))
                    .filter(digest::equals)
                    .map(found -> layout.read(name, found))
                    .orElseThrow(() -> unavailable("The lock has the image " + image.name() + " as " + digest
                                    + ", and Docker has another of that name, or none.")
                            .hint("Perhaps renew the lock: osie-build lock --docker"));
        }
        try {
            if (place.hasManifests()) {
                return byDigest(name, digest);
            }
        } catch (BuildException e) {
            throw cannotBeHad(image, digest, place).because(e);
        }
        throw cannotBeHad(image, digest, place);
    }

    private static BuildException cannotBeHad(LockedImage image, Digest digest, SourceName.Transport place) {
        boolean daemon = place == SourceName.Transport.DOCKER_DAEMON;
        return unavailable("The image " + image.name() + " is not in the store, and no registry "
                        + (place.hasManifests() ? "could give " : "can be asked for ") + digest + ": it came from "
                        + (daemon ? "a Docker daemon" : "an import (" + place + ")") + " when the lock was made.")
                .hint("Perhaps bring the same again: "
                        + (daemon ? "--docker, or " : "")
                        + "osie-build image import " + place + ":… --as " + image.name()
                        + "; or push it to a registry, and renew the lock: osie-build lock");
    }

    /** Whether it can be told without a registry what a name means. */
    boolean isAtHand(String name) {
        return docker.isPresent() || imported(Reference.parse(name)).isPresent();
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

    /** An image that this program made, by the name it has in the store. */
    Optional<Image> made(Reference reference) {
        return own(reference)
                .map(entry -> layout.read(reference, entry.manifest().digest()));
    }
}
