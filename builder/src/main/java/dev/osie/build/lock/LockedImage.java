package dev.osie.build.lock;

import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Digest;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the name of an image meant when the lock was made.
 *
 * @param name in full, with its tag
 * @param manifests digest of the image's manifest for each architecture
 */
public record LockedImage(String name, SortedMap<Architecture, Digest> manifests) {
    public LockedImage {
        manifests = Collections.unmodifiableSortedMap(new TreeMap<>(manifests));
    }

    public Optional<Digest> manifest(Architecture architecture) {
        return Optional.ofNullable(manifests.get(architecture));
    }

    /** The image with what its name meant for further architectures. */
    public LockedImage and(LockedImage further) {
        SortedMap<Architecture, Digest> all = new TreeMap<>(manifests);
        all.putAll(further.manifests);
        return new LockedImage(name, all);
    }
}
