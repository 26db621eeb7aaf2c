package dev.osie.build.assemble;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.failure.BuildException;
import dev.osie.build.lock.Lock;
import dev.osie.build.lock.LockedImage;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.Reference;
import dev.osie.build.spec.ImageName;
import dev.osie.build.store.Digest;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The images that no recipe makes, as the lock has them: of documents, and of recipes that build on one. */
final class LockedImages {
    private final Map<String, LockedImage> locked;
    private final ImageSupply supply;
    private final Map<String, Image> found = new TreeMap<>();

    /** @param locked what the lock has, by the names that {@link ImageSupply#lockName} gives */
    LockedImages(Map<String, LockedImage> locked, ImageSupply supply) {
        this.locked = Map.copyOf(locked);
        this.supply = supply;
    }

    /** Those that a lock has of some names. */
    static LockedImages of(Lock lock, Collection<String> names, ImageSupply supply) {
        Map<String, LockedImage> locked = new TreeMap<>(lock.images());
        locked.keySet().retainAll(names);
        return new LockedImages(locked, supply);
    }

    /** The image, from the store or else from its registry. */
    Image find(ImageName name) {
        return found.computeIfAbsent(name.text(), text -> get(name));
    }

    /** The digest of the image's manifest, or of the index that it is in. */
    Digest digest(ImageName name) {
        Reference reference = supply.reference(name);
        return reference
                .digest()
                .or(() -> Optional.ofNullable(locked.get(ImageSupply.lockName(reference)))
                        .map(supply::digest))
                .orElseGet(() -> find(name).manifest());
    }

    private Image get(ImageName name) {
        Reference reference = supply.reference(name);
        try {
            return reference
                    .digest()
                    .map(digest -> supply.byDigest(reference, digest))
                    .or(() -> Optional.ofNullable(locked.get(ImageSupply.lockName(reference)))
                            .map(image -> supply.locked(reference, image)))
                    .or(() -> supply.made(reference))
                    .orElseThrow(() -> unavailable("the store no longer has the image '" + reference + "'"));
        } catch (BuildException e) {
            throw e.at(name.position().toString());
        }
    }
}
