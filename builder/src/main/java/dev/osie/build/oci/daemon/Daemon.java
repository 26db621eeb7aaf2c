package dev.osie.build.oci.daemon;

import static dev.osie.build.failure.BuildException.unavailable;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import dev.osie.build.failure.BuildException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;

/** A Docker daemon: where it listens, and why it may not answer. */
public final class Daemon {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    /** Docker says nothing for a while before it sends a large image. */
    private static final Duration ANSWER = Duration.ofMinutes(5);

    private final URI address;

    private Daemon(URI address) {
        this.address = address;
    }

    /** The daemon that {@code DOCKER_HOST} names, else the one of this machine. */
    public static Daemon ofEnvironment(Map<String, String> environment) {
        return new Daemon(DaemonAddress.of(environment));
    }

    /** {@code unix:///PATH} or {@code tcp://HOST:PORT}. */
    @Override
    public String toString() {
        return address.toString();
    }

    /**
     * Asks something that Docker answers soon.
     *
     * @param what is asked for, for messages
     * @throws BuildException {@code UNAVAILABLE} when Docker cannot be reached or doesn't answer; those that the question throws
     */
    public <T> T ask(String what, Function<DockerClient, T> question) {
        return ask(what, ANSWER, question);
    }

    /** The same for what may take any time, during which Docker may say nothing. */
    public <T> T follow(String what, Function<DockerClient, T> question) {
        return ask(what, Duration.ZERO, question);
    }

    private <T> T ask(String what, Duration answer, Function<DockerClient, T> question) {
        DaemonConfig config = new DaemonConfig(address);
        try (DockerClient docker = DockerClientImpl.getInstance(
                config,
                new ApacheDockerHttpClient.Builder()
                        .dockerHost(address)
                        .connectionTimeout(CONNECT)
                        .responseTimeout(answer)
                        .build())) {
            return question.apply(docker);
        } catch (BuildException e) {
            throw e;
        } catch (RuntimeException
                | IOException e) { // the library has no exception of its own for a daemon that isn't there
            throw unreachable(what, e);
        }
    }

    private RuntimeException unreachable(String what, Exception e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        boolean denied = cause instanceof AccessDeniedException || reason.contains("ermission denied");
        return unavailable("Tried to ask Docker at " + address + " for " + what + ", but " + reason + ".")
                .hint(
                        denied
                                ? "Perhaps add this user to the group 'docker', or let DOCKER_HOST name a daemon of its own."
                                : "Perhaps it isn't running, or listens elsewhere: DOCKER_HOST=unix:///PATH names its socket"
                                        + " (docker context inspect shows it).")
                .because(e);
    }
}
