package dev.osie.build.oci.registry;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.failure.BuildException;
import dev.osie.build.http.Answer;
import dev.osie.build.http.BrokenTransfer;
import dev.osie.build.http.Transport;
import dev.osie.build.oci.registry.RegistrySettings.Place;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Optional;

/**
 * One registry server: sends requests with what it wants to know of the user, and follows redirects, which registries use to send
 * their clients to a content delivery network. What identifies the user goes to the server itself alone.
 */
final class Server {
    private static final int MOST_REDIRECTS = 5;
    private static final int BAD_REQUEST = 400;

    private final Place place;
    private final Transport transport;
    private final Authorizations authorizations;
    private Optional<URI> base = Optional.empty();

    Server(Place place, Transport transport, Login.Finder logins) {
        this.place = place;
        this.transport = transport;
        this.authorizations = new Authorizations(place.host(), transport, logins);
    }

    String host() {
        return place.host();
    }

    /**
     * Asks for something of a repository.
     *
     * @param path below {@code /v2/REPOSITORY/}
     * @param accept media types, none for any
     * @param from first byte wanted
     * @return an answer that says yes, or that there is no such thing (404)
     * @throws BrokenTransfer when another try may be answered better
     * @throws BuildException {@code UNAVAILABLE} when the registry refuses
     */
    Answer get(String repository, String path, List<String> accept, long from) {
        URI uri = base().resolve("/v2/" + repository + "/" + path);
        Optional<String> authorization = authorizations.current(repository);
        Answer answer = send(uri, accept, from, authorization);
        if (answer.status() == 401) {
            answer.close();
            authorization = authorizations.answer(challenge(answer), repository);
            answer = send(uri, accept, from, authorization);
        }
        answer = follow(uri, answer, from, authorization);
        if (answer.status() == 401 || answer.status() == 403) {
            answer.close();
            throw unavailable("The registry " + host() + " refuses access to " + repository + " (HTTP status "
                            + answer.status() + ").")
                    .hint("Perhaps the image doesn't exist, or needs a login: docker login " + host());
        }
        answer.requireNotPassing();
        boolean usable = answer.status() == 200 || answer.status() == 206 || answer.status() == 404;
        if (!usable) {
            answer.close();
            throw unavailable(
                    "Tried to get " + uri + ", but the registry answered with HTTP status " + answer.status() + ".");
        }
        return answer;
    }

    private static Challenge challenge(Answer answer) {
        return answer.header("WWW-Authenticate")
                .flatMap(Challenge::parse)
                .orElseThrow(() -> unavailable("The registry asks for a login, but doesn't say in which way."));
    }

    private Answer follow(URI start, Answer first, long from, Optional<String> authorization) {
        URI uri = start;
        Answer answer = first;
        for (int redirects = 0; answer.isRedirect(); redirects++) {
            answer.close();
            URI asked = uri;
            String location = answer.header("Location").orElse("");
            uri = answer.location(uri)
                    .orElseThrow(() -> unavailable("Tried to get " + asked + ", but it was redirected to '" + location
                            + "', which cannot be followed."));
            if (redirects == MOST_REDIRECTS) {
                throw unavailable(
                        "Tried to get " + start + ", but it was redirected more than " + MOST_REDIRECTS + " times.");
            }
            answer = send(uri, List.of(), from, isSameServer(uri, start) ? authorization : Optional.empty());
        }
        return answer;
    }

    private static boolean isSameServer(URI a, URI b) {
        return a.getScheme().equals(b.getScheme()) && a.getHost().equals(b.getHost()) && a.getPort() == b.getPort();
    }

    private Answer send(URI uri, List<String> accept, long from, Optional<String> authorization) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("User-Agent", "osie-build");
        accept.forEach(type -> request.header("Accept", type));
        authorization.ifPresent(value -> request.header("Authorization", value));
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        return transport.send(request.build());
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
