package dev.osie.build.toolchain;

import static dev.osie.build.failure.BuildException.missingTool;
import static dev.osie.build.failure.BuildException.unavailable;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import dev.osie.build.failure.BuildException;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.ImageArchive;
import dev.osie.build.oci.Manifest;
import dev.osie.build.oci.daemon.Daemon;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The programs of an image, run by Docker. A container has no network and no directory of the host: files are copied in and out, so the
 * daemon may run on another machine, and the host's file system need not tell upper from lower case. Nothing in it runs as root.
 */
public final class ContainerToolchain implements Toolchain {
    /** Whom the image has for this, with {@link #DIRECTORY} as home. */
    static final String USER = "1000";

    static final String DIRECTORY = "/work";

    private static final String HINT = "Perhaps start it, or use the compilers of this machine: --native (on Linux).";

    private final Daemon daemon;
    private final Image image;
    private final Store store;
    private final Progress progress;

    /** @param image has a user 1000 and a directory {@code /work} of that user's */
    public ContainerToolchain(Daemon daemon, Image image, Store store, Progress progress) {
        this.daemon = daemon;
        this.image = image;
        this.store = store;
        this.progress = progress;
    }

    @Override
    public String identity() {
        return "image " + image.manifest();
    }

    @Override
    public Workspace open() {
        try {
            daemon.ask("an answer", docker -> docker.pingCmd().exec());
        } catch (BuildException e) {
            throw missingTool(e.getMessage()).hint(HINT).because(e);
        }
        String id = daemon.ask("a container of " + image.name(), docker -> {
            String container = docker.createContainerCmd(load(docker))
                    .withEntrypoint("sleep", "infinity")
                    .withCmd()
                    .withUser(USER + ":" + USER)
                    .withWorkingDir(DIRECTORY)
                    .withLabels(Map.of("osie-build", "toolchain"))
                    .withHostConfig(HostConfig.newHostConfig()
                            .withNetworkMode("none")
                            .withCapDrop(Capability.ALL)
                            .withSecurityOpts(List.of("no-new-privileges")))
                    .exec()
                    .getId();
            docker.startContainerCmd(container).exec();
            return container;
        });
        return new ContainerWorkspace(daemon, id, store);
    }

    /** What Docker knows the image by, which it gets when it hasn't got it. */
    private String load(DockerClient docker) {
        Image flat = FlatImage.of(store, image);
        Digest config =
                Manifest.read(store.readAllBytes(flat.manifest())).config().digest();
        // Docker's own store names an image by its configuration, containerd's by its manifest.
        List<String> ids = List.of(config.toString(), flat.manifest().toString());
        Optional<String> known = find(docker, ids);
        if (known.isPresent()) {
            return known.get();
        }
        String name = flat.name().full().toString();
        try (Progress.Step step = progress.start("docker", 0);
                InputStream in = new Counted(new ImageArchive(store, new TreeMap<>(Map.of(name, flat))).open(), step)) {
            docker.loadImageCmd(in).exec();
            step.done("got " + flat.name());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return find(docker, ids)
                .orElseThrow(() -> unavailable("Docker at " + daemon + " took the image " + flat.name()
                        + ", but knows it neither as " + ids.get(0) + " nor as " + ids.get(1)));
    }

    private static Optional<String> find(DockerClient docker, List<String> ids) {
        for (String id : ids) {
            try {
                docker.inspectImageCmd(id).exec();
                return Optional.of(id);
            } catch (NotFoundException e) {
                // The next one.
            }
        }
        return Optional.empty();
    }

    /** Tells a step what was read. */
    private static final class Counted extends FilterInputStream {
        private final Progress.Step step;

        Counted(InputStream in, Progress.Step step) {
            super(in);
            this.step = step;
        }

        @Override
        public int read() throws IOException {
            int next = in.read();
            step.advance(next < 0 ? 0 : 1);
            return next;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int count = in.read(buffer, offset, length);
            step.advance(Math.max(0, count));
            return count;
        }
    }
}
