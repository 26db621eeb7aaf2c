package dev.osie.build.oci.archive;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.oci.Descriptor;
import dev.osie.build.oci.ImageArchive;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Reference;
import dev.osie.build.yaml.Suggestion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which images of an index have which name. Skopeo and the specification have one annotation for the name or for the tag alone, containerd
 * and Docker have another for the name in full.
 */
final class ImageNames {
    /** What an image without a name is called. */
    static final Reference NAMELESS = Reference.parse("image");

    private final String where;
    private final Map<String, List<Descriptor>> byName = new LinkedHashMap<>();

    private ImageNames(String where) {
        this.where = where;
    }

    static ImageNames ofIndex(String where, List<Descriptor> manifests) {
        ImageNames names = new ImageNames(where);
        for (Descriptor manifest : manifests) {
            String name = Optional.ofNullable(manifest.annotations().get(ImageArchive.CONTAINERD_NAME))
                    .or(() -> Optional.ofNullable(manifest.annotations().get(Layout.REF_NAME)))
                    .orElse("");
            names.byName.computeIfAbsent(name, any -> new ArrayList<>()).add(manifest);
        }
        return names;
    }

    /** The images that are meant. */
    List<Descriptor> choose(String wanted) {
        return byName.get(shown(wanted));
    }

    /** The name, as the index has it, of the image that is meant. */
    String shown(String wanted) {
        List<String> found = byName.keySet().stream()
                .filter(name -> wanted.isEmpty() || isMeant(wanted, name))
                .toList();
        if (found.isEmpty()) {
            throw missing(where, wanted, List.copyOf(byName.keySet()));
        }
        if (found.size() > 1) {
            throw several(where, found);
        }
        return found.get(0);
    }

    private boolean isMeant(String wanted, String name) {
        return name.equals(wanted)
                || byName.get(name).stream()
                        .anyMatch(
                                manifest -> wanted.equals(manifest.annotations().get(Layout.REF_NAME)))
                || isSame(wanted, name);
    }

    private static boolean isSame(String wanted, String name) {
        Optional<Reference> reference = Reference.read(name).map(Reference::full);
        return reference.isPresent() && reference.equals(Reference.read(wanted).map(Reference::full));
    }

    /** The name in full; none for a bare tag. */
    Optional<Reference> reference(String name) {
        return Optional.of(name)
                .filter(text -> text.contains("/") || text.contains(":"))
                .flatMap(Reference::read)
                .map(Reference::full);
    }

    static RuntimeException missing(String where, String wanted, List<String> names) {
        List<String> known = names.stream().filter(name -> !name.isEmpty()).toList();
        String has = names.isEmpty()
                ? "it has no image"
                : known.isEmpty() ? "its images have no names" : "it has: " + listed(known);
        if (wanted.isEmpty()) {
            return unavailable("There is no image in " + where + ".");
        }
        var failure = unavailable("There is no image '" + wanted + "' in " + where + "; " + has + ".");
        List<String> spelled = new ArrayList<>(known);
        known.forEach(name -> Reference.read(name).map(Reference::familiar).ifPresent(spelled::add));
        return Suggestion.closest(wanted, spelled)
                .map(closest -> failure.hint("Perhaps you meant '" + closest + "'."))
                .orElse(failure);
    }

    static RuntimeException several(String where, List<String> names) {
        String has = listed(names.stream().filter(name -> !name.isEmpty()).toList());
        return unavailable("There is more than one image in " + where + "; it has: " + has + ".")
                .hint("Perhaps add the name of one behind a colon: " + where + ":" + names.get(names.size() - 1));
    }

    private static String listed(List<String> names) {
        int most = 20;
        String first = names.stream().limit(most).collect(Collectors.joining(", "));
        String all = names.size() > most ? first + " and " + (names.size() - most) + " more" : first;
        return all.replaceAll("\\p{Cntrl}", "?");
    }
}
