package dev.osie.build.lock;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Digest;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What the name of an image meant when the lock was made.
 *
 * @param name in full, with its tag
 * @param manifests digest of the image's manifest for each architecture
 * @param from the kind of place it came from, such as {@code docker-daemon}; empty for a registry, which others can ask too
 */
public record LockedImage(String name, SortedMap<Architecture, Digest> manifests, Optional<String> from) {
    private static final Pattern PLACE = Pattern.compile("[a-z]{1,20}(-[a-z]{1,20})?");

    public LockedImage {
        manifests = Collections.unmodifiableSortedMap(new TreeMap<>(manifests));
        from.filter(place -> !PLACE.matcher(place).matches()).ifPresent(place -> {
            throw badInput("'" + place + "' is no kind of place that images come from, such as docker-daemon");
        });
    }

    /** An image of a registry. */
    public LockedImage(String name, SortedMap<Architecture, Digest> manifests) {
        this(name, manifests, Optional.empty());
    }

    public Optional<Digest> manifest(Architecture architecture) {
        return Optional.ofNullable(manifests.get(architecture));
    }
}
