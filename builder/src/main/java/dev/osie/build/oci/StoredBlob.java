package dev.osie.build.oci;

import dev.osie.build.store.Blob;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Content;
import java.io.InputStream;

/** A blob of the store as content, which is compared with its digest whenever it is read. */
record StoredBlob(Store store, Blob blob) implements Content {
    @Override
    public long size() {
        return blob.size();
    }

    @Override
    public InputStream open() {
        return store.read(blob.digest());
    }
}
