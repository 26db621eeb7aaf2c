package dev.osie.build.oci.source;

import dev.osie.build.oci.ImageSource;
import dev.osie.build.oci.Reference;
import dev.osie.build.oci.archive.DockerArchiveSource;
import dev.osie.build.oci.archive.LayoutSource;
import dev.osie.build.oci.daemon.DaemonImages;
import dev.osie.build.oci.registry.RegistryImages;
import dev.osie.build.oci.registry.RegistrySettings;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Store;
import java.util.Map;

/** Opens the places that images come from. */
public final class ImageSources {
    private final Store store;
    private final RegistrySettings registries;
    private final Map<String, String> environment;
    private final Progress progress;

    /** @param environment of the process, for logins, proxies, certificates and the address of Docker */
    public ImageSources(Store store, RegistrySettings registries, Map<String, String> environment, Progress progress) {
        this.store = store;
        this.registries = registries;
        this.environment = Map.copyOf(environment);
        this.progress = progress;
    }

    /**
     * Opens the place of an image.
     *
     * @throws dev.osie.build.failure.BuildException {@code UNAVAILABLE} when there is no such place or image
     */
    public ImageSource open(SourceName name) {
        return switch (name.transport()) {
            case REGISTRY ->
                RegistryImages.create(store, registries, environment, progress).source(Reference.parse(name.image()));
            case OCI -> LayoutSource.ofDirectory(name.path(), name.image(), store, progress);
            case OCI_ARCHIVE -> LayoutSource.ofArchive(name.path(), name.image(), store, progress);
            case DOCKER_ARCHIVE -> DockerArchiveSource.of(name.path(), name.image(), store, progress);
            case DOCKER_DAEMON ->
                DaemonImages.ofEnvironment(environment, store, progress).source(Reference.parse(name.image()));
        };
    }
}
