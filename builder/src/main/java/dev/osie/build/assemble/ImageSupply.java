package dev.osie.build.assemble;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.failure.BuildException;
import dev.osie.build.lock.LockedImage;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Platform;
import dev.osie.build.oci.Reference;
import dev.osie.build.oci.daemon.DaemonImages;
import dev.osie.build.oci.registry.RegistryImages;
import dev.osie.build.oci.source.SourceName;
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
        this.packages = packages;
        this.architecture = request.architecture();
        this.layout = new Layout(store);
        this.registries = RegistryImages.create(store, request.registries(), System.getenv(), progress);
        this.docker = request.docker()
                ? Optional.of(DaemonImages.ofEnvironment(System.getenv(), store, progress))
                : Optional.empty();
        this.progress = progress;
    }

    /** The full names of a document's images that a lock has to pin: those with a tag, but for images that this program made. */
    SortedSet<String> unknown(OsieDocument document) {
        SortedSet<String> names = new TreeSet<>();
        for (ImageName image : document.images()) {
            if (image.recipe().isEmpty()) {
                Reference reference = reference(image);
                if (reference.digest().isEmpty() && own(reference).isEmpty()) {
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

    /** What the names mean today. */
    SortedMap<String, LockedImage> resolve(Collection<String> names) {
        SortedMap<String, LockedImage> images = new TreeMap<>();
        for (String name : names) {
            LockedImage image = resolve(name);
            String from = image.from().map(place -> " (from " + place + ")").orElse("");
            progress.info("  image      " + name + " is "
                    + image.manifest(architecture).orElseThrow() + from);
            images.put(name, image);
        }
        return images;
    }

    private LockedImage resolve(String name) {
        Reference reference = Reference.parse(name);
        try {
            return ofDocker(reference)
                    .or(() -> imported(reference))
                    .orElseGet(() -> locked(
                            reference, registries.resolve(reference, architecture), SourceName.Transport.REGISTRY));
        } catch (BuildException e) {
            throw positions.containsKey(name) ? e.at(positions.get(name).toString()) : e;
        }
    }

    private Optional<LockedImage> ofDocker(Reference reference) {
        return docker.flatMap(daemon -> daemon.find(reference, architecture)).map(image -> {
            // Without a name the next clean-up of the store would take it for a leftover.
            Reference kept = new Reference(
                    reference.repository(), Optional.of(image.manifest().hex()), Optional.empty());
            layout.nameImport(kept, image, SourceName.Transport.DOCKER_DAEMON.toString(), Optional.empty());
            return locked(reference, image.manifest(), SourceName.Transport.DOCKER_DAEMON);
        });
    }

    private Optional<LockedImage> imported(Reference reference) {
        return layout.entry(reference, Platform.linux(architecture))
                .filter(entry -> layout.holds(entry.manifest().digest()))
                .flatMap(entry -> entry.imported()
                        .map(SourceName.Transport::of)
                        .map(place -> locked(reference, layout.digest(entry), place)));
    }

    private LockedImage locked(Reference reference, Digest digest, SourceName.Transport place) {
        SortedMap<Architecture, Digest> manifests = new TreeMap<>();
        manifests.put(architecture, digest);
        boolean registry = place == SourceName.Transport.REGISTRY;
        return new LockedImage(
                reference.toString(), manifests, registry ? Optional.empty() : Optional.of(place.toString()));
    }

    /** The image that the lock has under a name. */
    Image locked(Reference name, LockedImage image) {
        Digest digest = image.manifest(architecture).orElseThrow();
        if (image.from().isEmpty()
                || layout.holds(digest)
                || registries.find(name, digest, architecture).isPresent()) {
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

    /** The image with that manifest, from the store or else from its registry. */
    Image byDigest(Reference name, Digest digest) {
        return layout.holds(digest) ? layout.read(name, digest) : registries.pull(name, digest, architecture);
    }

    /** An image that this program made, by the name it has in the store. */
    Optional<Image> made(Reference reference) {
        return own(reference)
                .map(entry -> layout.read(reference, entry.manifest().digest()));
    }
}
