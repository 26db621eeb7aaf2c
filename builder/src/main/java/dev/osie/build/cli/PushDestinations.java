package dev.osie.build.cli;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.oci.Reference;
import java.util.List;
import java.util.Optional;

/**
 * Where images are pushed.
 *
 * @param text a repository, or with a slash at the end the folder of several
 * @param tag the first
 * @param moreTags further ones
 */
record PushDestinations(String text, Optional<String> tag, List<String> moreTags) {
    private static final String SCHEME = "docker://";

    /**
     * Reads what a user writes.
     *
     * @param tags beside the one that the text may have
     */
    static PushDestinations of(String written, List<String> tags) {
        String text = written.startsWith(SCHEME) ? written.substring(SCHEME.length()) : written;
        boolean folder = text.endsWith("/");
        Reference reference = Reference.parse(folder ? text + "any" : text);
        if (reference.digest().isPresent()) {
            throw badInput("'" + written + "' cannot be pushed to: a digest follows from what is pushed.")
                    .hint("Perhaps name a tag instead.");
        }
        tags.forEach(tag -> requireTag(reference, tag));
        if (reference.tag().isPresent() || tags.isEmpty()) {
            return new PushDestinations(folder ? text : reference.repository(), reference.tag(), tags);
        }
        return new PushDestinations(
                folder ? text : reference.repository(), Optional.of(tags.get(0)), tags.subList(1, tags.size()));
    }

    private static void requireTag(Reference reference, String tag) {
        Reference.parse(reference.repository() + ":" + tag);
        if (tag.contains("@")) {
            throw badInput("'" + tag + "' is not a tag");
        }
    }

    /** Where one image goes. */
    Reference of(Reference image) {
        String name = image.repository().substring(image.repository().lastIndexOf('/') + 1);
        return new Reference(text.endsWith("/") ? text + name : text, tag, Optional.empty());
    }
}
