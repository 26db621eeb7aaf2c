package dev.osie.build.oci.registry;

import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Digest;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a name means at its registry.
 *
 * @param index digest of the index, if the name means one
 * @param manifests digests of the images' manifests for the architectures that there are images for
 * @param platforms what there are images for, in words
 */
public record Located(Optional<Digest> index, SortedMap<Architecture, Digest> manifests, String platforms) {
    public Located {
        manifests = Collections.unmodifiableSortedMap(new TreeMap<>(manifests));
    }
}
