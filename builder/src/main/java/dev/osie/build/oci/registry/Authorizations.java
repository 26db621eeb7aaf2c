package dev.osie.build.oci.registry;

import static dev.osie.build.failure.BuildException.unavailable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.osie.build.http.Answer;
import dev.osie.build.http.Transport;
import dev.osie.build.oci.registry.RegistrySettings.Place;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What one registry is told of the user: a login, or the token that its token service gives for a repository (Docker Registry v2
 * authentication). A login is sent to the registry and to a token service of the same site, and to nobody else.
 */
final class Authorizations {
    private static final int MOST_BYTES = 1 << 20;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Place place;
    private final String host;
    private final Transport transport;
    private final Login.Finder logins;
    private final Map<Scope, String> byScope = new ConcurrentHashMap<>();

    Authorizations(Place place, Transport transport, Login.Finder logins) {
        this.place = place;
        this.host = place.host();
        this.transport = transport;
        this.logins = logins;
    }

    /** What was accepted before for the same thing. */
    Optional<String> current(Scope scope) {
        return Optional.ofNullable(byScope.get(scope));
    }

    /** What the challenge asks for; empty when there is nothing to answer it with. */
    Optional<String> answer(Challenge challenge, Scope scope) {
        Optional<String> found = switch (challenge.scheme()) {
            case "basic" -> login().map(this::basic);
            case "bearer" -> Optional.of("Bearer " + token(challenge, scope));
            default ->
                throw unavailable("The registry " + host + " asks for the authentication scheme '" + challenge.scheme()
                        + "'; known are basic and bearer.");
        };
        found.ifPresent(value -> byScope.put(scope, value));
        return found;
    }

    private Optional<Login> login() {
        return logins.find(host.equals("registry-1.docker.io") ? "docker.io" : host);
    }

    private String basic(Login login) {
        if (login.isIdentityToken()) {
            throw unavailable("The registry " + host + " asks for a name and a password, but the login for it is an"
                            + " identity token.")
                    .hint("Perhaps log in anew: docker login " + host);
        }
        return login.basic();
    }

    private String token(Challenge challenge, Scope scope) {
        URI realm = realm(challenge);
        StringJoiner query = new StringJoiner("&");
        scope.all().forEach(each -> query.add("scope=" + encoded(each)));
        challenge.parameter("service").ifPresent(service -> query.add("service=" + encoded(service)));
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
                                + " gives no token for " + scope.repository() + " (" + Refusal.of(answer) + ").")
                        .hint("Perhaps the image doesn't exist, or needs a login: docker login " + host);
            }
            return token(realm, answer.document(MOST_BYTES, LIMIT));
        } catch (Transport.NoTls e) {
            throw Server.noTls(realm.getAuthority(), e);
        }
    }

    private String token(URI realm, byte[] document) {
        String token = "";
        try {
            JsonNode json = JSON.readTree(document);
            token = json.path("token").asText(json.path("access_token").asText(""));
        } catch (IOException e) {
            // No JSON: reported below, without what it was.
        }
        if (token.isEmpty() || token.chars().anyMatch(character -> character <= ' ' || character > '~')) {
            throw unavailable("The token service " + realm.getHost() + " of the registry " + host
                    + " answered without a usable token.");
        }
        return token;
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
            // Plain HTTP only where the registry itself may be asked that way.
            boolean safe = "https".equals(realm.getScheme())
                    || "http".equals(realm.getScheme()) && place.mayBePlain() && isOwnHost(realm);
            if (safe && realm.getHost() != null) {
                return realm;
            }
        } catch (IllegalArgumentException e) {
            // Reported below.
        }
        throw unavailable("The registry " + host + " names the token service '" + Refusal.printable(text)
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

    /** What somebody can register: {@code docker.io} of {@code auth.docker.io}, {@code lab.co.uk} of {@code auth.lab.co.uk}. */
    private static String site(String name) {
        String[] labels = name.split("\\.");
        int last = labels.length - 1;
        boolean country = last > 1 && labels[last].length() == 2 && labels[last - 1].length() <= 3;
        int first = Math.max(0, country ? last - 2 : last - 1);
        return String.join(".", List.of(labels).subList(first, labels.length));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
