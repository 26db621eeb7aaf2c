package dev.osie.build.oci.registry;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.http.Answer;
import dev.osie.build.http.BrokenTransfer;
import dev.osie.build.http.OutgoingBody;
import dev.osie.build.http.Retries;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sends one blob (OCI distribution specification, "Pushing a blob in chunks"): in one piece if the registry takes that, and goes on where a
 * transfer broke. A proxy that allows no large requests gets smaller pieces.
 */
final class BlobUpload {
    static final String HINT =
            "Perhaps check the network and the proxy, then push again: what has arrived is not sent anew.";
    /** What is this small goes with the request that ends an upload. */
    private static final long SMALL = 1 << 20;

    private static final long[] PIECES = {Long.MAX_VALUE, 16 << 20, 1 << 20};
    private static final int MOST_BREAKS = 50;
    private static final Set<Integer> ACCEPTED = Set.of(200, 201, 202, 204);
    /** Answers after which an upload cannot go on, and another may. */
    private static final Set<Integer> LOST = Set.of(400, 404, 416);

    private static final int TOO_LARGE = 413;
    private static final Pattern RANGE = Pattern.compile("(?:bytes=)?0-([0-9]{1,18})");

    private final Store store;
    private final Server server;
    private final Scope scope;
    private final Blob blob;
    private final LongConsumer sent;
    private Optional<URI> session;
    private long offset;
    private long reported;
    private int pieces;
    private int breaks;
    private boolean unsure;
    private boolean done;

    /**
     * An upload.
     *
     * @param session that was begun already
     * @param sent is told of bytes as they go for the first time
     */
    BlobUpload(Store store, Server server, Scope scope, Blob blob, Optional<URI> session, LongConsumer sent) {
        this.store = store;
        this.server = server;
        this.scope = scope;
        this.blob = blob;
        this.session = session;
        this.sent = sent;
    }

    /** Sends it. */
    void run(Retries retries) {
        while (!done) {
            retries.run("push " + blob.digest() + " to " + server.host() + "/" + scope.repository(), HINT, () -> {
                attempt();
                return blob;
            });
        }
    }

    private void attempt() {
        long before = offset;
        if (unsure) {
            recover();
            if (done || offset > before) {
                return; // what has arrived is worth as many tries again
            }
        }
        try {
            if (session.isEmpty()) {
                begin();
            }
            if (offset == blob.size() || offset == 0 && blob.size() <= SMALL) {
                commit();
            } else {
                sendPiece();
            }
        } catch (BrokenTransfer e) {
            if (++breaks > MOST_BREAKS) {
                throw unavailable("Tried to push " + blob.digest() + " to " + server.host() + ", but " + e.getMessage()
                        + ", for the " + breaks + "th time.");
            }
            unsure = true;
            throw e;
        }
    }

    /** Asks how much has arrived. */
    private void recover() {
        if (session.isPresent()) {
            Answer answer = server.send(session.get(), Call.get(scope));
            answer.close();
            if (answer.status() == 204 || answer.status() == 200) {
                move(answer, session.get());
                long arrived = end(answer).orElse(0L);
                if (arrived <= offset) {
                    smaller();
                }
                offset = Math.min(arrived, blob.size());
                unsure = false;
                return;
            }
            restart();
        }
        done = exists(server, scope, blob);
        unsure = false;
    }

    private void restart() {
        session = Optional.empty();
        offset = 0;
    }

    /** Whether the repository has the blob. */
    static boolean exists(Server server, Scope scope, Blob blob) {
        URI uri = server.address(scope.repository(), "blobs/" + blob.digest());
        Answer answer = server.send(uri, Call.head(scope));
        if (answer.status() != 200 && answer.status() != 404) {
            throw server.refused("look for " + blob.digest(), answer);
        }
        answer.close();
        return answer.status() == 200;
    }

    private void begin() {
        URI uri = server.address(scope.repository(), "blobs/uploads/");
        Answer answer = server.send(uri, Call.of("POST", scope, OutgoingBody::empty));
        if (answer.status() != 202) {
            throw server.refused("push to " + uri, answer);
        }
        answer.close();
        session = Optional.of(place(server, uri, answer));
    }

    /** Where an upload goes on. */
    static URI place(Server server, URI asked, Answer answer) {
        return answer.location(asked)
                .orElseThrow(
                        () -> unavailable("The registry " + server.host() + " says that an upload goes to '"
                                        + Refusal.printable(
                                                answer.header("Location").orElse(""))
                                        + "', which cannot be followed.")
                                .hint(
                                        "Perhaps the registry stands behind a proxy with TLS, and doesn't know its own address."));
    }

    private void move(Answer answer, URI asked) {
        session = Optional.of(answer.header("Location").isPresent() ? place(server, asked, answer) : asked);
    }

    private void sendPiece() {
        URI uri = session.orElseThrow();
        long size = Math.min(PIECES[pieces], blob.size() - offset);
        Call call = Call.of("PATCH", scope, () -> body(size)).with("Content-Type", "application/octet-stream");
        boolean whole = size == blob.size();
        Answer answer = server.send(uri, whole ? call : call.with("Content-Range", offset + "-" + (offset + size - 1)));
        require(answer);
        answer.close();
        move(answer, uri);
        long arrived = end(answer).filter(end -> end < offset + size).orElse(offset + size);
        if (arrived <= offset) {
            throw new BrokenTransfer("the registry took nothing of " + size + " bytes", null);
        }
        offset = arrived;
    }

    private void commit() {
        URI uri = session.orElseThrow();
        String query = (uri.getRawQuery() == null ? "?" : "&") + "digest=" + blob.digest();
        Call call = Call.of("PUT", scope, () -> offset == blob.size() ? OutgoingBody.empty() : body(blob.size()))
                .with("Content-Type", "application/octet-stream");
        Answer answer = server.send(URI.create(uri + query), call);
        require(answer);
        answer.close();
        done = true;
    }

    private void require(Answer answer) {
        if (ACCEPTED.contains(answer.status())) {
            return;
        }
        if (answer.status() == TOO_LARGE && pieces < PIECES.length - 1) {
            answer.close();
            smaller();
            throw new BrokenTransfer("the registry takes no request of that size", null);
        }
        if (LOST.contains(answer.status())) {
            String reason = Refusal.of(answer);
            restart();
            throw new BrokenTransfer("the registry answered with " + reason, null);
        }
        throw server.refused("push " + blob.digest(), answer);
    }

    private void smaller() {
        pieces = Math.min(pieces + 1, PIECES.length - 1);
    }

    /** How many bytes the registry says to have; {@code 0-0} is what some say of none. */
    private static Optional<Long> end(Answer answer) {
        return answer.header("Range")
                .map(RANGE::matcher)
                .filter(Matcher::matches)
                .map(range -> Long.parseLong(range.group(1)))
                .map(last -> last == 0 ? 0 : last + 1);
    }

    private OutgoingBody body(long size) {
        return new OutgoingBody(size, this::open, new LongConsumer() {
            private long position = offset;

            @Override
            public void accept(long count) {
                position += count;
                if (position > reported) {
                    sent.accept(position - reported);
                    reported = position;
                }
            }
        });
    }

    private InputStream open() {
        InputStream in = store.read(blob.digest());
        try {
            in.skipNBytes(offset);
            return in;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
