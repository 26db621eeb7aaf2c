package dev.osie.build.oci.daemon;

import static dev.osie.build.failure.BuildException.unavailable;

import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.ImageSource;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Platform;
import dev.osie.build.oci.Reference;
import dev.osie.build.oci.archive.DockerArchiveSource;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Scratch;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Images that a Docker daemon has. Docker is asked for what it would save, which is then read as any archive is: nothing is taken on trust. */
public final class DaemonImages {
    private final Daemon daemon;
    private final Store store;
    private final Progress progress;

    private DaemonImages(Daemon daemon, Store store, Progress progress) {
        this.daemon = daemon;
        this.store = store;
        this.progress = progress;
    }

    /** The daemon that {@code DOCKER_HOST} names, else the one of this machine. */
    public static DaemonImages ofEnvironment(Map<String, String> environment, Store store, Progress progress) {
        return new DaemonImages(Daemon.ofEnvironment(environment), store, progress);
    }

    /**
     * The image that a name means to Docker, brought into the store.
     *
     * @return empty when Docker has no image of that name, or has it for another platform
     */
    public Optional<Image> find(Reference name, Architecture architecture) {
        return inspect(name)
                .filter(found -> isSuitable(name, found, architecture))
                .map(found -> known(name, found, architecture).orElseGet(() -> {
                    try (ImageSource saved = saved(name)) {
                        Image image = saved.fetch(architecture);
                        store.remember(
                                key(found.id(), architecture), image.manifest().toString());
                        return image;
                    }
                }));
    }

    private boolean isSuitable(Reference name, Found found, Architecture architecture) {
        Platform wanted = Platform.linux(architecture);
        if (found.platform().suits(wanted)) {
            return true;
        }
        progress.info("  image      Docker has " + name + " for "
                + found.platform().describe() + ", not for " + wanted.describe());
        return false;
    }

    /** The image as an earlier save brought it: Docker names images by what is in them. */
    private Optional<Image> known(Reference name, Found found, Architecture architecture) {
        Layout layout = new Layout(store);
        return store.recall(key(found.id(), architecture))
                .map(Digest::parse)
                .filter(layout::holds)
                .map(manifest -> layout.read(name, manifest));
    }

    private static StepKey key(String id, Architecture architecture) {
        return StepKey.of("daemon-image", 1).with("id", id).with("architecture", architecture);
    }

    /** One image, as a source among others. */
    public ImageSource source(Reference name) {
        return new DaemonSource(this, name);
    }

    /**
     * What Docker says of an image.
     *
     * @param id by which Docker knows it, a digest of its content
     */
    record Found(String id, Platform platform) {}

    /** Empty when Docker has no image of that name. */
    Optional<Found> inspect(Reference name) {
        return daemon.ask("an image " + name, docker -> {
            try {
                InspectImageResponse image =
                        docker.inspectImageCmd(name.toString()).exec();
                Platform platform = new Platform(
                        Optional.ofNullable(image.getOs()).orElse("linux"),
                        Optional.ofNullable(image.getArch()).orElse(""),
                        Optional.empty(),
                        Optional.empty(),
                        List.of());
                return Optional.of(new Found(Optional.ofNullable(image.getId()).orElse(""), platform));
            } catch (NotFoundException e) {
                return Optional.empty();
            }
        });
    }

    RuntimeException missing(Reference name) {
        return unavailable("Docker at " + daemon + " has no image " + name + ".")
                .hint("docker images lists what it has.");
    }

    /** What Docker saves of the image, for as long as the source is open. */
    ImageSource saved(Reference name) {
        Scratch scratch = store.scratch();
        try {
            Path archive = scratch.path().resolve("saved.tar");
            save(name, archive);
            return new Saved(scratch, DockerArchiveSource.of(archive, "", store, progress));
        } catch (RuntimeException e) {
            scratch.close();
            throw e;
        }
    }

    private void save(Reference name, Path archive) {
        daemon.ask("the image " + name, docker -> {
            try (Progress.Step step = progress.start("docker", 0);
                    InputStream in = docker.saveImageCmd(name.toString()).exec()) {
                long size = Files.copy(in, archive);
                step.advance(size);
                step.done("saved " + name);
                return size;
            } catch (NotFoundException e) {
                throw missing(name);
            } catch (IOException e) {
                throw unavailable("Tried to get the image " + name + " from Docker at " + daemon + ", but "
                                + e.getMessage() + ".")
                        .because(e);
            }
        });
    }
}
