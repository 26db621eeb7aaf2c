package dev.osie.build.cli;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.failure.BuildException;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Platform;
import dev.osie.build.oci.Reference;
import dev.osie.build.oci.StoredNames;
import dev.osie.build.platform.Architecture;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Images of the store by what users call them ({@link StoredNames}).
 *
 * @param architectures of images whose name doesn't tell
 */
record StoredImages(Layout layout, List<Architecture> architectures) {
    /** The images of a name: one, or one for each architecture. */
    List<Image> find(String name) {
        Optional<Reference> byDigest =
                Reference.read(name).filter(reference -> reference.digest().isPresent());
        if (byDigest.isPresent() && layout.holds(byDigest.get().digest().orElseThrow())) {
            return List.of(layout.read(byDigest.get(), byDigest.get().digest().orElseThrow()));
        }
        List<Layout.Entry> entries = new StoredNames(layout).require(name);
        boolean tagged = Reference.read(name).flatMap(Reference::tag).isPresent();
        if (entries.size() == 1 && tagged) {
            return entries.stream().map(this::read).toList();
        }
        return architectures.stream()
                .map(architecture -> on(entries, architecture)
                        .findFirst()
                        .map(this::read)
                        .orElseThrow(() -> absent(name, entries, architecture)))
                .toList();
    }

    private Image read(Layout.Entry entry) {
        return layout.read(Reference.parse(entry.name()), entry.manifest().digest());
    }

    private static Stream<Layout.Entry> on(List<Layout.Entry> entries, Architecture architecture) {
        return entries.stream()
                .filter(entry -> entry.manifest()
                        .platform()
                        .map(platform -> platform.suits(Platform.linux(architecture)))
                        .orElse(true));
    }

    private static BuildException absent(String name, List<Layout.Entry> entries, Architecture architecture) {
        String others = Stream.of(Architecture.values())
                .filter(other -> on(entries, other).findFirst().isPresent())
                .map(Architecture::toString)
                .reduce((one, two) -> one + " and " + two)
                .orElse("something else");
        return badInput("The store has the image '" + name + "' for " + others + ", and not for " + architecture + ".")
                .hint("Perhaps build it first, with --arch " + architecture + ".");
    }
}
