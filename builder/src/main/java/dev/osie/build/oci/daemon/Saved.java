package dev.osie.build.oci.daemon;

import dev.osie.build.oci.Image;
import dev.osie.build.oci.ImageOutline;
import dev.osie.build.oci.ImageSource;
import dev.osie.build.oci.Platform;
import dev.osie.build.oci.Reference;
import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Scratch;
import java.util.List;
import java.util.Optional;

/** What Docker saved, which is removed when nobody reads it any more. */
record Saved(Scratch scratch, ImageSource archive) implements ImageSource {
    @Override
    public Optional<Reference> name() {
        return archive.name();
    }

    @Override
    public List<Platform> platforms() {
        return archive.platforms();
    }

    @Override
    public ImageOutline outline(Architecture architecture) {
        return archive.outline(architecture);
    }

    @Override
    public Image fetch(Architecture architecture) {
        return archive.fetch(architecture);
    }

    @Override
    public void close() {
        archive.close();
        scratch.close();
    }
}
