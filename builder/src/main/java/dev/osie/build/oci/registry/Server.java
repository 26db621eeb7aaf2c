package dev.osie.build.oci.registry;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.failure.BuildException;
import dev.osie.build.http.Answer;
import dev.osie.build.http.BrokenTransfer;
import dev.osie.build.http.OutgoingBody;
import dev.osie.build.http.Transport;
import dev.osie.build.oci.registry.RegistrySettings.Place;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One registry server: sends requests with what it wants to know of the user, and follows redirects, which registries use to send
 * their clients to a content delivery network. What identifies the user goes to the server itself alone.
 */
final class Server {
    private static final int MOST_REDIRECTS = 5;
    private static final int BAD_REQUEST = 400;
    /** Redirects after which a request is the same one again; others would make it a GET. */
    private static final Set<Integer> SAME_AGAIN = Set.of(307, 308);

    private final Place place;
    private final Transport transport;
    private final Authorizations authorizations;
    private Optional<URI> base = Optional.empty();

    Server(Place place, Transport transport, Login.Finder logins) {
        this.place = place;
        this.transport = transport;
        this.authorizations = new Authorizations(place, transport, logins);
    }

    String host() {
        return place.host();
    }

    /** The address of something in a repository: {@code blobs/sha256:…}. */
    URI address(String repository, String path) {
        return base().resolve("/v2/" + repository + "/" + path);
    }

    /**
     * Asks for something of a repository.
     *
     * @param path below {@code /v2/REPOSITORY/}
     * @return an answer that says yes, or that there is no such thing (404)
     * @throws BrokenTransfer when another try may be answered better
     * @throws BuildException {@code UNAVAILABLE} when the registry refuses
     */
    Answer get(String repository, String path, List<String> accept, long from) {
        Call call = Call.get(Scope.pull(repository));
        call = accept.isEmpty() ? call : call.with("Accept", String.join(", ", accept));
        URI uri = address(repository, path);
        Answer answer = send(uri, from > 0 ? call.with("Range", "bytes=" + from + "-") : call);
        boolean usable = answer.status() == 200 || answer.status() == 206 || answer.status() == 404;
        if (!usable) {
            throw refused("get " + uri, answer);
        }
        return answer;
    }

    /**
     * Sends a request, to this server or to where it said to go on.
     *
     * @return an answer of any status but those that another try or a login may mend
     */
    Answer send(URI uri, Call call) {
        boolean own = isOwn(uri);
        Optional<String> authorization = own ? authorizations.current(call.scope()) : Optional.empty();
        Answer answer = send(uri, call, authorization);
        if (answer.status() == 401 && own) {
            answer.close();
            authorization = authorizations.answer(challenge(answer), call.scope());
            answer = send(uri, call, authorization);
        }
        answer = follow(uri, answer, call, authorization);
        if (answer.status() == 401 || answer.status() == 403) {
            throw denied(answer, call);
        }
        closing(answer, answer::requireNotPassing);
        return answer;
    }

    private BuildException denied(Answer answer, Call call) {
        String what = call.isReading() ? "access to " : "to take a push to ";
        String hint = call.isReading() ? "the image doesn't exist, or needs a login" : "the login lacks that right";
        return unavailable("The registry " + host() + " refuses " + what
                        + call.scope().repository() + " (" + Refusal.of(answer) + ").")
                .hint("Perhaps " + hint + ": docker login " + host());
    }

    /** What to say of an answer that nobody expected; closes it. */
    BuildException refused(String what, Answer answer) {
        return unavailable(
                "Tried to " + what + ", but the registry " + host() + " answered with " + Refusal.of(answer) + ".");
    }

    private static void closing(Answer answer, Runnable check) {
        try {
            check.run();
        } catch (BrokenTransfer e) {
            answer.close();
            throw e;
        }
    }

    private Challenge challenge(Answer answer) {
        return answer.headers().allValues("WWW-Authenticate").stream()
                .flatMap(header -> Challenge.parse(header).stream())
                .filter(challenge -> Set.of("basic", "bearer").contains(challenge.scheme()))
                .findFirst()
                .or(() -> answer.header("WWW-Authenticate").flatMap(Challenge::parse))
                .orElseThrow(() ->
                        unavailable("The registry " + host() + " asks for a login, but doesn't say in which way."));
    }

    private Answer follow(URI start, Answer first, Call call, Optional<String> authorization) {
        URI uri = start;
        Answer answer = first;
        Call again = call;
        for (int redirects = 0; answer.isRedirect(); redirects++) {
            answer.close();
            URI asked = uri;
            String location = answer.header("Location").orElse("");
            uri = answer.location(uri)
                    .filter(to -> call.isReading() || SAME_AGAIN.contains(first.status()))
                    .orElseThrow(() -> unavailable("Tried to " + verb(call) + " " + asked
                            + ", but it was redirected to '" + Refusal.printable(location)
                            + "', which cannot be followed."));
            if (redirects == MOST_REDIRECTS) {
                throw unavailable("Tried to " + verb(call) + " " + start + ", but it was redirected more than "
                        + MOST_REDIRECTS + " times.");
            }
            answer = send(uri, again, isSameServer(uri, start) ? authorization : Optional.empty());
        }
        return answer;
    }

    private static String verb(Call call) {
        return call.isReading() ? "get" : "send to";
    }

    private boolean isOwn(URI uri) {
        return isSameServer(uri, base());
    }

    private static boolean isSameServer(URI a, URI b) {
        return a.getScheme().equals(b.getScheme()) && a.getHost().equalsIgnoreCase(b.getHost()) && port(a) == port(b);
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
    }

    private Answer send(URI uri, Call call, Optional<String> authorization) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("User-Agent", "osie-build");
        authorization.ifPresent(value -> request.header("Authorization", value));
        call.addTo(request);
        try (OutgoingBody body = call.body().get()) {
            return call.isReading() ? transport.send(request.build()) : transport.send(request, call.method(), body);
        } catch (Transport.NoTls e) {
            throw noTls(uri.getAuthority(), e);
        }
    }

    static BuildException noTls(String host, Transport.NoTls e) {
        return unavailable("Tried to reach " + host + ", but TLS failed: " + e.getMessage() + ".")
                .hint(
                        "Perhaps its certificate is of an authority that Java doesn't know: SSL_CERT_FILE=FILE adds those of"
                                + " a PEM file.")
                .because(e);
    }

    /** The address that works; the probe holds nothing of the user's. */
    private synchronized URI base() {
        if (base.isEmpty()) {
            base = Optional.of(find());
        }
        return base.get();
    }

    private URI find() {
        List<URI> candidates = place.addresses();
        for (URI candidate : candidates.subList(0, candidates.size() - 1)) {
            try {
                if (probe(candidate) != BAD_REQUEST) {
                    return candidate;
                }
            } catch (Transport.NoTls | BrokenTransfer e) {
                // The other scheme may be the one.
            }
        }
        URI last = candidates.get(candidates.size() - 1);
        try {
            probe(last);
            return last;
        } catch (Transport.NoTls e) {
            throw unavailable("Tried to reach the registry " + host() + ", but TLS failed: " + e.getMessage() + ".")
                    .hint(
                            "Perhaps its certificate is of an authority that Java doesn't know (SSL_CERT_FILE=FILE adds those of"
                                    + " a PEM file), or it speaks plain HTTP: --insecure-registry " + host())
                    .because(e);
        }
    }

    /** The status that a server answers with; 400 is what many with TLS say to those without. */
    private int probe(URI address) {
        HttpRequest request = HttpRequest.newBuilder(address.resolve("/v2/"))
                .header("User-Agent", "osie-build")
                .build();
        try (Answer answer = transport.send(request)) {
            return answer.status();
        }
    }
}
