package dev.osie.build.oci.registry;

import static dev.osie.build.failure.BuildException.unavailable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.osie.build.http.Answer;
import dev.osie.build.http.BrokenTransfer;
import dev.osie.build.http.Transport;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What one registry is told of the user: a login, or the token that its token service gives for a repository (Docker Registry v2
 * authentication). A login is sent to the registry and to a token service of the same site, and to nobody else.
 */
final class Authorizations {
    private static final int MOST_BYTES = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String host;
    private final Transport transport;
    private final Login.Finder logins;
    private final Map<String, String> byRepository = new ConcurrentHashMap<>();

    Authorizations(String host, Transport transport, Login.Finder logins) {
        this.host = host;
        this.transport = transport;
        this.logins = logins;
    }

    /** What was accepted for the repository before. */
    Optional<String> current(String repository) {
        return Optional.ofNullable(byRepository.get(repository));
    }

    /** What the challenge asks for; empty when there is nothing to answer it with. */
    Optional<String> answer(Challenge challenge, String repository) {
        Optional<String> found = switch (challenge.scheme()) {
            case "basic" -> login().map(Login::basic);
            case "bearer" -> Optional.of("Bearer " + token(challenge, repository));
            default ->
                throw unavailable("The registry " + host + " asks for the authentication scheme '" + challenge.scheme()
                        + "'; known are basic and bearer.");
        };
        found.ifPresent(value -> byRepository.put(repository, value));
        return found;
    }

    private Optional<Login> login() {
        return logins.find(host.equals("registry-1.docker.io") ? "docker.io" : host);
    }

    private String token(Challenge challenge, String repository) {
        URI realm = realm(challenge);
        StringBuilder query = new StringBuilder("scope=" + encoded("repository:" + repository + ":pull"));
        challenge
                .parameter("service")
                .ifPresent(service -> query.append("&service=").append(encoded(service)));
        Optional<Login> login = login().filter(any -> isSameSite(realm.getHost()));
        HttpRequest request = login.filter(Login::isIdentityToken)
                .map(identity -> exchange(
                        realm,
                        query + "&grant_type=refresh_token&client_id=osie-build&refresh_token="
                                + encoded(identity.password())))
                .orElseGet(() -> anonymous(realm, query.toString(), login));
        try (Answer answer = transport.send(request)) {
            answer.requireNotPassing();
            if (answer.status() != 200) {
                throw unavailable("The token service " + realm.getHost() + " of the registry " + host
                                + " gives no token for " + repository + " (HTTP status " + answer.status() + ").")
                        .hint("Perhaps the image doesn't exist, or needs a login: docker login " + host);
            }
            JsonNode json = JSON.readTree(answer.body().readNBytes(MOST_BYTES));
            String token = json.path("token").asText(json.path("access_token").asText(""));
            if (token.isEmpty() || token.chars().anyMatch(character -> character <= ' ' || character > '~')) {
                throw unavailable("The token service " + realm.getHost() + " of the registry " + host
                        + " answered without a usable token.");
            }
            return token;
        } catch (IOException e) {
            throw new BrokenTransfer("the token service " + realm.getHost() + " answered with something else", e);
        }
    }

    private static HttpRequest anonymous(URI realm, String query, Optional<Login> login) {
        String separator = realm.getRawQuery() == null ? "?" : "&";
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(realm + separator + query)).header("User-Agent", "osie-build");
        login.ifPresent(known -> request.header("Authorization", known.basic()));
        return request.build();
    }

    private static HttpRequest exchange(URI realm, String form) {
        return HttpRequest.newBuilder(realm)
                .header("User-Agent", "osie-build")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build();
    }

    private URI realm(Challenge challenge) {
        String text = challenge.parameter("realm").orElse("");
        try {
            URI realm = URI.create(text);
            // Plain HTTP only where the registry is on this machine too.
            boolean safe = "https".equals(realm.getScheme()) || "http".equals(realm.getScheme()) && isOwnHost(realm);
            if (safe && realm.getHost() != null) {
                return realm;
            }
        } catch (IllegalArgumentException e) {
            // Reported below.
        }
        throw unavailable("The registry " + host + " names the token service '" + text
                + "', which is not a safe address: expected https://…");
    }

    private boolean isOwnHost(URI realm) {
        return realm.getHost().equals(hostName());
    }

    private boolean isSameSite(String other) {
        String own = hostName();
        return own.equals(other)
                || !isAddress(own) && !isAddress(other) && site(own).equals(site(other));
    }

    private String hostName() {
        return host.replaceFirst(":[0-9]+$", "");
    }

    private static boolean isAddress(String name) {
        return name.startsWith("[") || name.matches("[0-9.]+");
    }

    /** The last two labels of a host's name: {@code docker.io} of {@code auth.docker.io}. */
    private static String site(String name) {
        String[] labels = name.split("\\.");
        return labels.length < 2 ? name : labels[labels.length - 2] + "." + labels[labels.length - 1];
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
