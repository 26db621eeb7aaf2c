package dev.osie.build.oci;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.oci.Layout.Entry;
import dev.osie.build.yaml.Suggestion;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The names of the store's images as people write them: short or in full, a recipe's, or by digest as they are listed. */
public final class StoredNames {
    /** How an image is filed that was asked for by digest. */
    private static final Pattern PINNED = Pattern.compile("(?<repository>.+):(?<hex>[0-9a-f]{64})");

    private static final String RECIPES = "osie-build/";
    private static final Pattern RECIPE = Pattern.compile("osie-build/(?<name>[^:]+):(?:x86_64|aarch64)");

    private final List<Entry> entries;

    public StoredNames(Layout layout) {
        this.entries = layout.entries();
    }

    /** All of them, sorted. */
    public List<Entry> entries() {
        return entries;
    }

    /** How a name is listed. */
    public static String shown(Entry entry) {
        Matcher pinned = PINNED.matcher(entry.name());
        return pinned.matches() ? pinned.group("repository") + "@sha256:" + pinned.group("hex") : entry.name();
    }

    /** The recipe whose image it is. */
    public static Optional<String> recipe(Entry entry) {
        return Optional.of(RECIPE.matcher(entry.name()))
                .filter(Matcher::matches)
                .map(matcher -> matcher.group("name"));
    }

    /** What a text means: the entries of a name, one for each platform. None when the store has no such name. */
    public List<Entry> find(String text) {
        String own = text.startsWith("@image:") ? text.substring("@image:".length()) : text;
        String recipe = own.startsWith(RECIPES) ? own : RECIPES + own;
        Optional<String> full = Reference.read(text).map(Reference::full).map(Reference::toString);
        return Stream.<Predicate<Entry>>of(
                        entry -> entry.name().equals(text),
                        entry -> shown(entry).equals(text),
                        entry -> entry.name().equals(recipe),
                        entry -> recipe(entry).isPresent() && entry.name().startsWith(recipe + ":"),
                        entry -> full.filter(name -> name.equals(entry.name()) || name.equals(shown(entry)))
                                .isPresent())
                .map(meant -> entries.stream().filter(meant).toList())
                .filter(found -> !found.isEmpty())
                .findFirst()
                .orElse(List.of());
    }

    /** The same, where the name must be there. */
    public List<Entry> require(String text) {
        List<Entry> found = find(text);
        if (found.isEmpty()) {
            throw missing(text);
        }
        return found;
    }

    private RuntimeException missing(String text) {
        return badInput("The store has no image '" + text + "'.")
                .hint(closest(text)
                        .map(closest -> "Perhaps you meant '" + closest + "'.")
                        .orElse("osie-build image ls lists what it has; image build makes the images of recipes,"
                                + " image import brings others."));
    }

    /** The name of the store that a text is probably a misspelling of. */
    public Optional<String> closest(String text) {
        List<String> known = entries.stream()
                .flatMap(entry -> Stream.of(
                        Optional.of(shown(entry)),
                        recipe(entry),
                        Reference.read(entry.name()).map(Reference::familiar)))
                .flatMap(Optional::stream)
                .distinct()
                .toList();
        return Suggestion.closest(text, known);
    }
}
