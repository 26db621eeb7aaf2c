package dev.osie.build.oci.daemon;

import dev.osie.build.oci.Image;
import dev.osie.build.oci.ImageOutline;
import dev.osie.build.oci.ImageSource;
import dev.osie.build.oci.Platform;
import dev.osie.build.oci.Reference;
import dev.osie.build.platform.Architecture;
import java.util.List;
import java.util.Optional;

/** An image of a Docker daemon, which is saved once when more is wanted than its platform. */
final class DaemonSource implements ImageSource {
    private final DaemonImages images;
    private final Reference name;
    private Optional<ImageSource> saved = Optional.empty();

    DaemonSource(DaemonImages images, Reference name) {
        this.images = images;
        this.name = name;
    }

    @Override
    public Optional<Reference> name() {
        return Optional.of(name.full());
    }

    @Override
    public List<Platform> platforms() {
        return List.of(
                images.inspect(name).orElseThrow(() -> images.missing(name)).platform());
    }

    @Override
    public ImageOutline outline(Architecture architecture) {
        return saved().outline(architecture);
    }

    @Override
    public Image fetch(Architecture architecture) {
        return saved().fetch(architecture);
    }

    private ImageSource saved() {
        if (saved.isEmpty()) {
            saved = Optional.of(images.saved(name));
        }
        return saved.get();
    }

    @Override
    public void close() {
        saved.ifPresent(ImageSource::close);
    }
}
