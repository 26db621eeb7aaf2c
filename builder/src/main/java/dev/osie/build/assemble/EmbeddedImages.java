package dev.osie.build.assemble;

import dev.osie.build.initramfs.Unit;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.ImageArchive;
import dev.osie.build.spec.EmbeddedImage;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The images that the machine has from the start, in one archive, so that a layer which several of them have is there once. */
final class EmbeddedImages {
    /** Where the service of Docker looks for archives. */
    static final String PATH = "usr/share/osie-build/images/embedded.tar";

    /** A second name that tells the worker where an image comes from: it needs no pull. */
    private static final String MARK = "docker.io/osie-build/embedded:";

    private static final int MARK_LENGTH = 16;

    private final List<EmbeddedImage> entries;
    private final DocumentImages images;
    private final ImageArchive archive;

    EmbeddedImages(List<EmbeddedImage> entries, DocumentImages images, Store store) {
        this.entries = entries;
        this.images = images;
        SortedMap<String, Image> named = new TreeMap<>();
        for (EmbeddedImage entry : entries) {
            Image image = images.image(entry.image());
            named.put(entry.name(), image);
            named.put(MARK + image.manifest().hex().substring(0, MARK_LENGTH), image);
        }
        this.archive = new ImageArchive(store, named);
    }

    Unit unit() {
        return Unit.of("embedded images", Digest.ofText(PATH + "\n" + archive.identity()), this::tree);
    }

    private Tree tree() {
        return new Tree.Builder()
                .put(PATH, new Node.RegularFile(Attributes.root(0644, 0), archive))
                .build(0);
    }

    /** Every name with the image behind it. */
    String origin() {
        return entries.stream()
                .map(entry -> entry.name() + " = " + images.image(entry.image()).pinned())
                .collect(Collectors.joining(", "));
    }

    /** Where the document names them. */
    static String positions(List<EmbeddedImage> entries) {
        return entries.stream().map(entry -> entry.position().toString()).collect(Collectors.joining(", "));
    }
}
