package dev.osie.build.oci.registry;

import dev.osie.build.concurrent.Workers;
import dev.osie.build.failure.BuildException;
import dev.osie.build.http.Answer;
import dev.osie.build.http.OutgoingBody;
import dev.osie.build.http.Retries;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Brings blobs into a repository. What is there isn't sent; what an earlier push brought into another repository of the registry is mounted
 * from there, which sends nothing either.
 */
final class PushedBlobs {
    private static final int AT_A_TIME = 4;

    private final Store store;
    private final Server server;
    private final RemoteName name;
    private final Retries retries;
    private final Progress progress;
    private final Scope scope;

    PushedBlobs(Store store, Server server, RemoteName name, Retries retries, Progress progress) {
        this.store = store;
        this.server = server;
        this.name = name;
        this.retries = retries;
        this.progress = progress;
        this.scope = Scope.push(name.repository());
    }

    /** Sends what isn't there. */
    void send(Collection<Blob> blobs) {
        Map<Blob, Optional<URI>> missing = new ConcurrentHashMap<>();
        AtomicInteger mounted = new AtomicInteger();
        List<Runnable> looks = new ArrayList<>();
        blobs.forEach(blob -> looks.add(() -> look(blob, missing, mounted)));
        Workers.runAll("registry-look", AT_A_TIME, looks);
        List<Blob> order = blobs.stream().filter(missing::containsKey).toList();
        long bytes = order.stream().mapToLong(Blob::size).sum();
        try (Progress.Step step = progress.start("push", bytes)) {
            List<Runnable> uploads = new ArrayList<>();
            order.forEach(blob -> uploads.add(() -> {
                new BlobUpload(store, server, scope, blob, missing.get(blob), step::advance).run(retries);
                remember(blob);
            }));
            Workers.runAll("blob-push", AT_A_TIME, uploads);
            int there = blobs.size() - order.size() - mounted.get();
            step.done(blobs.size() + " blobs: " + order.size() + " sent, " + mounted + " mounted, " + there + " there");
        }
    }

    private void look(Blob blob, Map<Blob, Optional<URI>> missing, AtomicInteger mounted) {
        boolean there = retries.run(
                "look for " + blob.digest() + " in " + server.host() + "/" + name.repository(),
                BlobUpload.HINT,
                () -> BlobUpload.exists(server, scope, blob));
        if (there) {
            remember(blob);
            return;
        }
        Mount mount = store.recall(key(blob))
                .filter(other -> !other.equals(name.repository()))
                .map(other -> mount(blob, other))
                .orElse(new Mount(false, Optional.empty()));
        if (mount.done()) {
            mounted.incrementAndGet();
            remember(blob);
        } else {
            missing.put(blob, mount.session());
        }
    }

    /**
     * What came of it.
     *
     * @param session an upload that the registry began instead
     */
    private record Mount(boolean done, Optional<URI> session) {}

    private Mount mount(Blob blob, String other) {
        URI uri = server.address(name.repository(), "blobs/uploads/?mount=" + blob.digest() + "&from=" + other);
        try {
            return retries.run("mount " + blob.digest(), BlobUpload.HINT, () -> {
                try (Answer answer =
                        server.send(uri, Call.of("POST", scope.and(Optional.of(other)), OutgoingBody::empty))) {
                    boolean begun = answer.status() == 202;
                    return new Mount(
                            answer.status() == 201,
                            begun ? Optional.of(BlobUpload.place(server, uri, answer)) : Optional.empty());
                }
            });
        } catch (BuildException e) {
            // The other repository may be closed to us by now: then the blob is sent.
            return new Mount(false, Optional.empty());
        }
    }

    private void remember(Blob blob) {
        if (!store.recall(key(blob)).equals(Optional.of(name.repository()))) {
            store.remember(key(blob), name.repository());
        }
    }

    /** Under which a repository of the registry is remembered that has the blob. */
    private StepKey key(Blob blob) {
        return StepKey.of("pushed-blob", 1).with("registry", name.registry()).with("blob", blob.digest());
    }
}
