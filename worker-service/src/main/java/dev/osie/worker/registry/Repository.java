package dev.osie.worker.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.osie.worker.action.ActionFailure;
import dev.osie.worker.image.Descriptor;
import dev.osie.worker.image.ImageManifest;
import dev.osie.worker.settings.RegistryProxies;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** One repository of images in one place (OCI distribution specification, pull), for several threads at once. */
public final class Repository {
    /** Of manifests, configurations and answers with tokens, in bytes. */
    private static final int DOCUMENT_LIMIT = 8 * 1024 * 1024;

    private static final int REDIRECTS = 5;

    private final String name;
    private final Connections connections;
    private final List<HttpURLConnection> open = new ArrayList<>();
    private volatile Endpoint endpoint;
    private volatile String authorization = "";
    private boolean aborted;

    Repository(Endpoint endpoint, String name, RegistryProxies proxies) {
        this.endpoint = endpoint;
        this.name = name;
        this.connections = new Connections(endpoint.insecure(), proxies);
    }

    /**
     * A manifest or an index.
     *
     * @param mediaType what the registry calls it
     */
    public record Document(String mediaType, byte[] bytes) {
        /** What names it. */
        public Descriptor descriptor() {
            return new Descriptor(mediaType, Descriptor.digestOf(bytes), bytes.length);
        }
    }

    /**
     * The content of a blob.
     *
     * @param start the place in the blob where it begins
     */
    public record Blob(InputStream content, long start) {}

    /**
     * Gets a manifest or an index.
     *
     * @param version tag or digest; with a digest the document is compared with it
     */
    public Document manifest(String version) throws IOException {
        HttpURLConnection answer = get("manifests/" + version, ImageManifest.ACCEPTED, 0);
        byte[] bytes = document(answer);
        if (version.indexOf(':') >= 0) {
            compare(version, bytes);
        }
        String type = answer.getContentType() == null ? "" : answer.getContentType();
        int parameters = type.indexOf(';');
        return new Document(
                parameters < 0 ? type : type.substring(0, parameters).strip(), bytes);
    }

    /** Gets a small blob as a whole, compared with its digest. */
    public byte[] document(Descriptor descriptor) throws IOException {
        byte[] bytes = document(get("blobs/" + descriptor.digest(), "*/*", 0));
        compare(descriptor.digest(), bytes);
        return bytes;
    }

    /**
     * Gets a blob, which is not compared with anything.
     *
     * @param offset where to begin; a registry that doesn't know how begins at the start
     */
    public Blob blob(Descriptor descriptor, long offset) throws IOException {
        HttpURLConnection answer = get("blobs/" + descriptor.digest(), "*/*", offset);
        boolean partial = answer.getResponseCode() == HttpURLConnection.HTTP_PARTIAL;
        return new Blob(answer.getInputStream(), partial ? offset : 0);
    }

    /** Ends what other threads are waiting for, and whatever they begin after that. */
    public void abort() {
        List<HttpURLConnection> waiting;
        synchronized (this) {
            aborted = true;
            waiting = List.copyOf(open);
        }
        waiting.forEach(HttpURLConnection::disconnect);
    }

    private static byte[] document(HttpURLConnection answer) throws IOException {
        try (InputStream in = answer.getInputStream()) {
            byte[] bytes = in.readNBytes(DOCUMENT_LIMIT + 1);
            if (bytes.length > DOCUMENT_LIMIT) {
                throw new IOException("the registry sends a document of more than " + DOCUMENT_LIMIT + " bytes");
            }
            return bytes;
        }
    }

    private static void compare(String digest, byte[] bytes) throws IOException {
        if (!Descriptor.digestOf(bytes).equals(digest)) {
            throw new IOException("the registry sends something else than " + digest);
        }
    }

    private HttpURLConnection get(String path, String accept, long offset) throws IOException {
        String request = "/v2/" + name + "/" + path;
        HttpURLConnection answer = reach(request, accept, offset);
        if (answer.getResponseCode() == HttpURLConnection.HTTP_UNAUTHORIZED) {
            Optional<Challenge> challenge = Challenge.parse(answer.getHeaderField("WWW-Authenticate"));
            answer.disconnect();
            authorization = challenge.isEmpty() ? "" : authorize(challenge.get());
            answer = reach(request, accept, offset);
        }
        int status = answer.getResponseCode();
        if (status != HttpURLConnection.HTTP_OK && status != HttpURLConnection.HTTP_PARTIAL) {
            String reason = reason(answer);
            answer.disconnect();
            throw new RegistryException(
                    endpoint.base().getAuthority() + " answers " + reason + connections.way(endpoint.base()), status);
        }
        return answer;
    }

    /** The answer of the registry, or of where it sends us; a registry without TLS is spoken to in the clear if that is allowed. */
    private HttpURLConnection reach(String request, String accept, long offset) throws IOException {
        Endpoint asked = endpoint;
        try {
            return follow(URI.create(asked.base() + request), accept, offset);
        } catch (IOException e) {
            String way = connections.way(asked.base());
            // A proxy may refuse a tunnel to the port of a registry without TLS.
            boolean noTls = e instanceof SSLException || e instanceof ConnectException || !way.isEmpty();
            if (noTls && asked.insecure() && asked.base().getScheme().equals("https")) {
                endpoint = asked.inTheClear();
                return reach(request, accept, offset);
            }
            throw way.isEmpty() ? e : new IOException(ActionFailure.reason(e) + way);
        }
    }

    private HttpURLConnection follow(URI first, String accept, long offset) throws IOException {
        URI place = first;
        for (int i = 0; i <= REDIRECTS; i++) {
            // A login is not for the place that the registry keeps its blobs in.
            boolean own = place.getAuthority().equals(first.getAuthority())
                    && place.getScheme().equals(first.getScheme());
            HttpURLConnection connection = open(place);
            connection.setRequestProperty("Accept", accept);
            if (own && !authorization.isEmpty()) {
                connection.setRequestProperty("Authorization", authorization);
            }
            if (offset > 0) {
                connection.setRequestProperty("Range", "bytes=" + offset + "-");
            }
            String target = connection.getResponseCode() / 100 == 3 ? connection.getHeaderField("Location") : null;
            if (target == null) {
                return connection;
            }
            connection.disconnect();
            place = place.resolve(target);
        }
        throw new IOException(first.getAuthority() + " sends from one place to the next");
    }

    private HttpURLConnection open(URI place) throws IOException {
        HttpURLConnection connection = connections.to(place);
        synchronized (this) {
            if (aborted) {
                throw new IOException("the pull was given up");
            }
            open.add(connection);
        }
        return connection;
    }

    private String authorize(Challenge challenge) throws IOException {
        String basic = endpoint.login()
                .map(login -> Connections.basic(login.user(), login.password()))
                .orElse("");
        if (!challenge.scheme().equals("bearer")) {
            return basic;
        }
        URI realm;
        try {
            realm = URI.create(challenge.parameter("realm")
                    + (challenge.parameter("realm").contains("?") ? "&" : "?")
                    + "service=" + URLEncoder.encode(challenge.parameter("service"), UTF_8)
                    + "&scope=" + URLEncoder.encode("repository:" + name + ":pull", UTF_8));
        } catch (IllegalArgumentException e) {
            throw new IOException("the registry names no place for tokens: " + challenge.parameter("realm"), e);
        }
        HttpURLConnection connection = open(realm);
        // Whoever reads the wire must not get a login that the registry itself would get encrypted.
        boolean asSafe = "https".equals(realm.getScheme())
                || "http".equals(endpoint.base().getScheme());
        if (!basic.isEmpty() && asSafe) {
            connection.setRequestProperty("Authorization", basic);
        }
        if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
            int status = connection.getResponseCode();
            connection.disconnect();
            throw new RegistryException(realm.getAuthority() + " gives no token: status " + status, status);
        }
        JsonNode answer = new ObjectMapper().readTree(document(connection));
        String token = answer.path("token").asText(answer.path("access_token").asText());
        return "Bearer " + token;
    }

    /** The status, and what the registry says of it. */
    private static String reason(HttpURLConnection answer) throws IOException {
        String status = answer.getResponseCode() + " " + answer.getResponseMessage();
        InputStream body = answer.getErrorStream();
        if (body == null) {
            return status;
        }
        try (body) {
            String message = new ObjectMapper()
                    .readTree(body.readNBytes(DOCUMENT_LIMIT))
                    .path("errors")
                    .path(0)
                    .path("message")
                    .asText();
            return message.isBlank() ? status : status + ": " + message;
        } catch (IOException e) {
            // Not every answer is JSON.
            return status;
        }
    }
}
