package dev.osie.build.lock;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Digest;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What the name of an image meant when the lock was made.
 *
 * @param name in full, with its tag
 * @param index digest of the index that named the manifests, if there was one
 * @param manifests digest of the image's manifest for each architecture it is made for
 * @param from the kind of place it came from, such as {@code docker-daemon}; empty for a registry, which others can ask too
 */
public record LockedImage(
        String name, Optional<Digest> index, SortedMap<Architecture, Digest> manifests, Optional<String> from) {
    private static final Pattern NAME =
            Pattern.compile("(?=.{1,1200}$)[A-Za-z0-9\\[][A-Za-z0-9./_:\\[\\]-]*:[A-Za-z0-9._-]+");
    private static final Pattern PLACE = Pattern.compile("[a-z]{1,20}(-[a-z]{1,20})?");

    public LockedImage {
        if (!NAME.matcher(name).matches()) {
            throw badInput("'" + name + "' is not the full name of an image with its tag");
        }
        manifests = Collections.unmodifiableSortedMap(new TreeMap<>(manifests));
        from.filter(place -> !PLACE.matcher(place).matches()).ifPresent(place -> {
            throw badInput("'" + place + "' is no kind of place that images come from, such as docker-daemon");
        });
        if (manifests.isEmpty()) {
            throw badInput("the image '" + name + "' has no manifest");
        }
    }

    /** An image of a registry. */
    public LockedImage(String name, Optional<Digest> index, SortedMap<Architecture, Digest> manifests) {
        this(name, index, manifests, Optional.empty());
    }

    public Optional<Digest> manifest(Architecture architecture) {
        return Optional.ofNullable(manifests.get(architecture));
    }

    /** Whether a user may mean this image by a text: the name with or without Docker Hub's part of it, and without the tag. */
    boolean isCalled(String text) {
        String untagged = name.substring(0, name.lastIndexOf(':'));
        return List.of("", "docker.io/", "docker.io/library/").stream()
                .map(start -> start + text)
                .anyMatch(full -> full.equals(name) || full.equals(untagged));
    }
}
