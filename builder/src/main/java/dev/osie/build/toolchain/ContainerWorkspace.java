package dev.osie.build.toolchain;

import static dev.osie.build.failure.BuildException.missingTool;
import static dev.osie.build.failure.BuildException.unavailable;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import dev.osie.build.failure.BuildException;
import dev.osie.build.oci.daemon.Daemon;
import dev.osie.build.store.Scratch;
import dev.osie.build.store.Store;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A directory in a running container, which lives as long as the workspace. */
final class ContainerWorkspace implements Workspace {
    private final Daemon daemon;
    private final String container;
    private final Store store;
    private final Thread removal;

    ContainerWorkspace(Daemon daemon, String container, Store store) {
        this.daemon = daemon;
        this.container = container;
        this.store = store;
        this.removal = new Thread(this::remove, "removal of container " + container);
        Runtime.getRuntime().addShutdownHook(removal);
    }

    @Override
    public void put(Tree files) {
        try (Scratch scratch = store.scratch()) {
            Path tar = scratch.path().resolve("files.tar");
            Owned.write(files, Long.parseLong(ContainerToolchain.USER), tar);
            daemon.follow("a place for files", docker -> {
                try (InputStream in = Files.newInputStream(tar)) {
                    return docker.copyArchiveToContainerCmd(container)
                            .withTarInputStream(in)
                            .withRemotePath(ContainerToolchain.DIRECTORY)
                            .exec();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int run(Command command, Consumer<String> lines) {
        return daemon.follow("the end of a command", docker -> {
            String execution = docker.execCreateCmd(container)
                    .withAttachStdout(true)
                    .withAttachStderr(true)
                    .withUser(ContainerToolchain.USER)
                    .withWorkingDir(ContainerToolchain.DIRECTORY)
                    .withEnv(variables(command))
                    .withCmd(command.line().toArray(String[]::new))
                    .exec()
                    .getId();
            follow(docker, execution, lines);
            Long status = docker.inspectExecCmd(execution).exec().getExitCodeLong();
            if (status == null) {
                throw unavailable("Docker at " + daemon + " stopped telling about a command before it ended.");
            }
            return status.intValue();
        });
    }

    private static void follow(DockerClient docker, String execution, Consumer<String> consumer) {
        Lines output = new Lines(consumer);
        Lines errors = new Lines(consumer);
        try {
            docker.execStartCmd(execution)
                    .exec(new ResultCallback.Adapter<Frame>() {
                        @Override
                        public void onNext(Frame frame) {
                            byte[] bytes = frame.getPayload();
                            (frame.getStreamType() == StreamType.STDERR ? errors : output).write(bytes, bytes.length);
                        }
                    })
                    .awaitCompletion();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("Interrupted while a command ran in a container.").because(e);
        }
        output.finish();
        errors.finish();
    }

    /** By Docker's own client, which knows terminals: their raw mode, their size, and what follows when that changes. */
    @Override
    public int runOnTerminal(Command command) {
        List<String> line = new ArrayList<>(List.of("docker", "--host", daemon.toString(), "exec", "-it"));
        line.addAll(List.of("--user", ContainerToolchain.USER, "--workdir", ContainerToolchain.DIRECTORY));
        variables(command).forEach(variable -> line.addAll(List.of("--env", variable)));
        line.add(container);
        line.addAll(command.line());
        try {
            return new ProcessBuilder(line).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw missingTool("Tried to run docker, whose command line puts a container on a terminal, but "
                            + e.getMessage())
                    .hint("Perhaps install it (Debian: docker-cli), or use the programs of this machine: --native.")
                    .because(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("Interrupted while a command ran in a container.").because(e);
        }
    }

    private static List<String> variables(Command command) {
        List<String> variables = new ArrayList<>(List.of("HOME=" + ContainerToolchain.DIRECTORY));
        command.variables().forEach((name, value) -> variables.add(name + "=" + value));
        return variables;
    }

    @Override
    public Tree take(String path, Scratch scratch) {
        return daemon.follow("files", docker -> {
            try {
                Path tar = Files.createTempFile(scratch.path(), "taken-", ".tar");
                try (InputStream in = docker.copyArchiveFromContainerCmd(
                                container, ContainerToolchain.DIRECTORY + "/" + path)
                        .exec()) {
                    Files.copy(in, tar, StandardCopyOption.REPLACE_EXISTING);
                }
                return TarLayer.read(tar).tree();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Override
    public void close() {
        remove();
        try {
            Runtime.getRuntime().removeShutdownHook(removal);
        } catch (IllegalStateException e) {
            // The process is ending, and the hook removes what it finds.
        }
    }

    private void remove() {
        try {
            daemon.ask(
                    "the removal of a container",
                    docker -> docker.removeContainerCmd(container)
                            .withForce(true)
                            .withRemoveVolumes(true)
                            .exec());
        } catch (NotFoundException | BuildException e) {
            // Somebody else removed it, or Docker is gone; what was made in it is safe.
        }
    }
}
