package dev.osie.worker.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import com.github.dockerjava.transport.DockerHttpClient;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Gives up a question that Docker doesn't begin to answer in time. A daemon that hangs still takes connections, and the library's
 * own limits are a socket's, which those of Java's Unix sockets ignore.
 */
final class PromptClient implements DockerHttpClient {
    private static final Duration PING = Duration.ofSeconds(10);

    /** Creating a container takes minutes at most, on a machine whose disk is busy. */
    private static final Duration ANSWER = Duration.ofMinutes(2);

    private static final ExecutorService CALLS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "docker");
        thread.setDaemon(true);
        return thread;
    });

    private final DockerHttpClient docker;
    private final Duration answer;

    PromptClient(DockerHttpClient docker, Duration answer) {
        this.docker = docker;
        this.answer = answer;
    }

    /** A client of the Docker that listens on this Unix socket, or will. */
    static DockerClient connect(String socket) {
        SocketConfig config = new SocketConfig(socket);
        return DockerClientImpl.getInstance(
                config,
                new PromptClient(
                        new ApacheDockerHttpClient.Builder()
                                .dockerHost(config.getDockerHost())
                                .build(),
                        ANSWER));
    }

    @Override
    public Response execute(Request request) {
        if (isStreamed(request.path())) {
            return docker.execute(request);
        }
        Future<Response> call = CALLS.submit(() -> docker.execute(request));
        Duration limit = request.path().endsWith("/_ping") && PING.compareTo(answer) < 0 ? PING : answer;
        try {
            return call.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            call.cancel(true);
            throw new IllegalStateException("no answer within " + limit.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            call.cancel(true);
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        }
    }

    /** Whoever asks these knows how long to wait: a container's end, its output, a pull. */
    private static boolean isStreamed(String path) {
        return path.contains("/wait") || path.contains("/attach") || path.contains("/images/create");
    }

    @Override
    public void close() throws IOException {
        docker.close();
    }
}
