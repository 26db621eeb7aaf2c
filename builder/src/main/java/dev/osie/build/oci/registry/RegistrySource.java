package dev.osie.build.oci.registry;

import dev.osie.build.oci.Image;
import dev.osie.build.oci.ImageOutline;
import dev.osie.build.oci.ImageSource;
import dev.osie.build.oci.Platform;
import dev.osie.build.oci.Reference;
import dev.osie.build.platform.Architecture;
import java.util.List;
import java.util.Optional;

/** An image at a registry. */
final class RegistrySource implements ImageSource {
    private final RegistryImages images;
    private final Reference reference;

    RegistrySource(RegistryImages images, Reference reference) {
        this.images = images;
        this.reference = reference;
    }

    @Override
    public Optional<Reference> name() {
        return Optional.of(reference.full());
    }

    @Override
    public List<Platform> platforms() {
        return images.platforms(reference);
    }

    @Override
    public ImageOutline outline(Architecture architecture) {
        return images.outline(reference, architecture);
    }

    @Override
    public Image fetch(Architecture architecture) {
        return images.fetch(reference, architecture);
    }

    @Override
    public void close() {}
}
