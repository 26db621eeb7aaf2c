package dev.osie.build.cache;

import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Manifest;
import dev.osie.build.store.Contents;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The images that have names in the store, and the blobs they consist of. */
final class NamedImages {
    /** The tag that pulling gives: the digest, so that nobody needs the name to find the image. */
    private static final Pattern PULLED = Pattern.compile(".*:[0-9a-f]{64}");

    private NamedImages() {}

    /**
     * An image with a name.
     *
     * @param blobs the manifest first, then what it names, as far as the manifest can be read
     */
    record Entry(Layout.Entry name, SortedSet<Digest> blobs) {
        Digest manifest() {
            return name.manifest().digest();
        }

        /** Whether somebody gave it the name, a build or a user, who will ask for it. */
        boolean isWanted() {
            return !PULLED.matcher(name.name()).matches();
        }
    }

    static List<Entry> in(Store store) {
        Contents contents = store.contents();
        List<Entry> entries = new ArrayList<>();
        for (Layout.Entry name : new Layout(store).entries()) {
            SortedSet<Digest> blobs = new TreeSet<>();
            blobs.add(name.manifest().digest());
            Optional<byte[]> document = contents.document(name.manifest().digest());
            document.map(Manifest::read).ifPresent(manifest -> {
                blobs.add(manifest.config().digest());
                manifest.layers().forEach(layer -> blobs.add(layer.digest()));
            });
            entries.add(new Entry(name, blobs));
        }
        return entries;
    }
}
