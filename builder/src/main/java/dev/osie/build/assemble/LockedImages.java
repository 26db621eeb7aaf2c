package dev.osie.build.assemble;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.failure.BuildException;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.Reference;
import dev.osie.build.spec.ImageName;
import dev.osie.build.store.Digest;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The images that no recipe makes, as the lock has them: of documents, and of recipes that build on one. */
final class LockedImages {
    private final Map<String, Digest> locked;
    private final ImageSupply supply;
    private final Map<String, Image> found = new TreeMap<>();

    /** @param locked digests by the names that {@link ImageSupply#lockName} gives */
    LockedImages(Map<String, Digest> locked, ImageSupply supply) {
        this.locked = Map.copyOf(locked);
        this.supply = supply;
    }

    /** The image, from the store or else from its registry. */
    Image find(ImageName name) {
        return found.computeIfAbsent(name.text(), text -> get(name));
    }

    private Image get(ImageName name) {
        Reference reference = supply.reference(name);
        Optional<Digest> digest =
                reference.digest().or(() -> Optional.ofNullable(locked.get(ImageSupply.lockName(reference))));
        try {
            return digest.map(known -> supply.byDigest(reference, known))
                    .or(() -> supply.layout().find(reference))
                    .orElseThrow(() -> unavailable("the store no longer has the image '" + reference + "'"));
        } catch (BuildException e) {
            throw e.at(name.position().toString());
        }
    }
}
