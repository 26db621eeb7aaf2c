package dev.osie.build.oci.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.osie.build.failure.BuildException;
import dev.osie.build.failure.BuildException.Kind;
import dev.osie.build.http.Retries;
import dev.osie.build.http.Transport;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.LayerCompression;
import dev.osie.build.oci.MediaType;
import dev.osie.build.oci.Reference;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import dev.osie.worker.certificate.SelfSigned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class RegistryPushTest {
    private static final Login LOGIN = new Login("ann", "s3cret");
    private static final int LARGE = 3 << 20;

    @TempDir
    private Path directory;

    private FakeRegistry registry;
    private Store store;

    @BeforeEach
    void start() throws IOException {
        registry = FakeRegistry.start();
        store = Store.open(directory.resolve("store"));
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void pushesWhatCanBePulledAgain() throws IOException {
        for (String compression : List.of("gzip", "zstd:3", "none")) {
            Image image = image(store, "tool", "x86_64", "one", "two");

            Digest pushed = push(compression, compression.substring(0, 4), image);

            Store elsewhere = Store.open(directory.resolve("elsewhere " + compression));
            Image pulled = pull(elsewhere, compression.substring(0, 4));
            assertThat(pulled.manifest()).isEqualTo(pushed);
            assertThat(pulled.layers())
                    .extracting(Image.Layer::blob)
                    .isEqualTo(image.layers().stream().map(Image.Layer::blob).toList());
            assertThat(pulled.config()).isEqualTo(image.config());
        }
    }

    @Test
    void givesTheSameDigestFromEveryStore() throws IOException {
        Store other = Store.open(directory.resolve("other"));

        assertThat(push("gzip", "1", image(store, "tool", "x86_64", "one")))
                .isEqualTo(pushing(other, Map.of())
                        .push(request("lab/tool:2", "gzip", image(other, "again", "x86_64", "one"))));
    }

    @Test
    void sendsNothingTwice() throws IOException {
        Image image = image(store, "tool", "x86_64", "one", "two");
        Digest first = push("gzip", "1", image);
        registry.requests().clear();

        assertThat(push("gzip", "1", image)).isEqualTo(first);
        assertThat(registry.requests()).containsExactly("GET /v2/", "HEAD /v2/lab/tool/manifests/1");
        registry.requests().clear();

        push("gzip", "2", image);
        assertThat(registry.requests())
                .containsExactly(
                        "GET /v2/",
                        "HEAD /v2/lab/tool/manifests/2",
                        "HEAD /v2/lab/tool/manifests/" + first,
                        "PUT /v2/lab/tool/manifests/2");
    }

    @Test
    void sendsOnlyTheLayersThatAreNew() throws IOException {
        push("gzip", "1", image(store, "tool", "x86_64", "one", "two"));
        long before = registry.uploads().received();
        registry.requests().clear();

        push("gzip", "2", image(store, "tool", "x86_64", "one", "three"));

        assertThat(registry.requests())
                .filteredOn(request -> request.startsWith("POST"))
                .hasSize(2); // layer, configuration
        assertThat(registry.uploads().received()).isGreaterThan(before);
    }

    @Test
    void mountsWhatAnotherRepositoryHas() throws IOException {
        Image image = image(store, "tool", "x86_64", "one", "two");
        push("gzip", "1", image);
        long sent = registry.uploads().received();

        push(request("lab/other:1", "gzip", image));

        assertThat(registry.uploads().received()).isEqualTo(sent);
    }

    @Test
    void sendsWhatCannotBeMountedAnyMore() throws IOException {
        Image image = image(store, "tool", "x86_64", "one");
        push("gzip", "1", image);
        registry.close();
        int port = Integer.parseInt(registry.host().replaceAll(".*:", ""));
        registry = FakeRegistry.start(port);

        push(request("lab/other:1", "gzip", image));

        assertThat(registry.uploads().received()).isPositive();
    }

    @Test
    void pushesAnIndexOfSeveralArchitectures() throws IOException {
        Image amd = image(store, "tool", "x86_64", "one");
        Image arm = image(store, "tool", "aarch64", "one", "arm");

        Digest index = push("gzip", "1", amd, arm);

        JsonNode json = document(index);
        assertThat(json.path("mediaType").asText()).isEqualTo(MediaType.INDEX);
        assertThat(json.path("manifests")).hasSize(2);
        assertThat(json.at("/manifests/1/platform/architecture").asText()).isEqualTo("arm64");
        Store elsewhere = Store.open(directory.resolve("elsewhere"));
        assertThat(pull(elsewhere, "1").layers()).hasSize(1);
        assertThat(images(elsewhere)
                        .pull(name("1"), index, Architecture.AARCH64)
                        .layers())
                .hasSize(2);
    }

    @Test
    void annotatesWithWhatIsKnownAndSaidAlone() throws IOException {
        Image image = image(store, "tool", "x86_64", "one");
        RegistryPush.Request request = new RegistryPush.Request(
                List.of(image),
                name("1"),
                List.of("latest"),
                LayerCompression.GZIP,
                new TreeMap<>(Map.of("org.opencontainers.image.source", "https://example.org/lab")));

        JsonNode annotations = document(push(request)).path("annotations");

        assertThat(annotations.properties())
                .extracting(entry -> entry.getKey() + "=" + entry.getValue().asText())
                .containsExactly(
                        "org.opencontainers.image.created=2026-11-25T00:00:00Z",
                        "org.opencontainers.image.source=https://example.org/lab",
                        "org.opencontainers.image.title=tool");
        assertThat(registry.content("/v2/lab/tool/manifests/latest")).isPresent();
    }

    @Test
    void goesOnWhereAnUploadBroke() throws IOException {
        Image image = image(store, "tool", "x86_64", noise());
        registry.uploads().cut(2, 1_000_000);

        push("none", "1", image);

        long layer = image.layers().get(0).blob().size();
        assertThat(registry.uploads().received()).isLessThan(layer + 1000); // each byte once, and the configuration
        assertThat(registry.requests())
                .filteredOn(request -> request.startsWith("PATCH"))
                .hasSize(3);
    }

    @Test
    void givesUpAnUploadThatNeverMoves() throws IOException {
        Image image = image(store, "tool", "x86_64", noise());
        registry.uploads().cut(1000, 1);

        assertFails(Kind.UNAVAILABLE, () -> push("none", "1", image), "Tried to push sha256:");
    }

    @Test
    void beginsAnewWhereTheRegistryForgotAnUpload() throws IOException {
        Image image = image(store, "tool", "x86_64", noise());
        registry.uploads().cut(1, 1_000_000);
        registry.uploads().forget(1);

        push("none", "1", image);

        assertThat(registry.uploads().forgets()).isZero();
        assertThat(registry.content("/v2/lab/tool/manifests/1")).isPresent();
    }

    @Test
    void sendsSmallerPiecesWhereLargeOnesAreRefused() throws IOException {
        Image image = image(store, "tool", "x86_64", noise());
        registry.uploads().limit(1 << 20);

        push("none", "1", image);

        assertThat(pull(Store.open(directory.resolve("elsewhere")), "1").layers())
                .hasSize(1);
    }

    @Test
    void keepsTheLoginFromAServerThatUploadsAreSentTo() throws IOException {
        Image image = image(store, "tool", "x86_64", noise());
        registry.protect("Basic realm=\"lab\"", LOGIN.basic());
        try (FakeRegistry elsewhere = FakeRegistry.start()) {
            registry.override("/v2/lab/tool/blobs/uploads/", exchange -> {
                exchange.getResponseHeaders().add("Location", "http://" + elsewhere.host() + "/upload/7");
                exchange.sendResponseHeaders(202, -1);
            });
            elsewhere.override("/upload/7", exchange -> {
                exchange.getRequestBody().readAllBytes();
                exchange.sendResponseHeaders(exchange.getRequestMethod().equals("PUT") ? 201 : 202, -1);
            });

            push("none", "1", image);

            assertThat(elsewhere.requests()).contains("PATCH /upload/7", "PUT /upload/7");
            assertThat(elsewhere.authorizations()).isEmpty();
            assertThat(registry.authorizations()).isNotEmpty();
        }
    }

    @Test
    void followsAnUploadFromTlsToPlainHttpNever() throws Exception {
        SelfSigned certificate = new SelfSigned(directory);
        Path file = Files.writeString(directory.resolve("ca.pem"), certificate.pem());
        Image image = image(store, "tool", "x86_64", "one");
        try (FakeRegistry secure = FakeRegistry.withTls(certificate.context())) {
            secure.uploads().sendTo("http://" + registry.host());
            RegistryPush push = pushing(store, Map.of("SSL_CERT_FILE", file.toString()));

            assertFails(
                    Kind.UNAVAILABLE,
                    () -> push.push(request(secure.host(), "lab/tool:1", "gzip", image)),
                    "an upload goes to 'http://" + registry.host(),
                    "cannot be followed");
            assertThat(registry.requests()).isEmpty();
        }
    }

    @Test
    void asksForTheRightToPush() throws IOException {
        registry.override("/token", exchange -> {
            assertThat(exchange.getRequestURI().getQuery())
                    .isEqualTo("scope=repository:lab/tool:pull,push&service=the+registry");
            byte[] token = "{\"token\": \"t0ken\"}".getBytes(UTF_8);
            exchange.sendResponseHeaders(200, token.length);
            exchange.getResponseBody().write(token);
        });
        registry.protect(
                "Bearer realm=\"http://" + registry.host() + "/token\",service=\"the registry\"", "Bearer t0ken");

        push("gzip", "1", image(store, "tool", "x86_64", "one"));

        assertThat(registry.content("/v2/lab/tool/manifests/1")).isPresent();
    }

    @Test
    void logsInOnceAndThenSaysWhoRefused() throws IOException {
        Image image = image(store, "tool", "x86_64", "one");
        registry.protect("Basic realm=\"lab\"", "Basic nobody has this");

        assertFails(Kind.UNAVAILABLE, () -> push("gzip", "1", image), "refuses", "lab/tool", "HTTP status 401");
        assertThat(registry.requests()).hasSize(3);
    }

    @Test
    void repeatsWhatTheRegistrySays() throws IOException {
        Image image = image(store, "tool", "x86_64", "one");
        registry.override("/v2/lab/tool/blobs/uploads/", exchange -> {
            byte[] body = "{\"errors\": [{\"code\": \"DENIED\", \"message\": \"quota\\u001b[31m of 1 GB is used up\"}]}"
                    .getBytes(UTF_8);
            exchange.sendResponseHeaders(403, body.length);
            exchange.getResponseBody().write(body);
        });

        assertFails(Kind.UNAVAILABLE, () -> push("gzip", "1", image), "HTTP status 403: quota[31m of 1 GB is used up");
    }

    @Test
    void waitsWhenTheRegistryIsBusy() throws IOException {
        Image image = image(store, "tool", "x86_64", "one");
        AtomicInteger asked = new AtomicInteger();
        registry.override("/v2/lab/tool/blobs/uploads/", exchange -> {
            switch (asked.getAndIncrement()) {
                case 0 -> {
                    exchange.getResponseHeaders().add("Retry-After", "1");
                    exchange.sendResponseHeaders(429, -1);
                }
                case 1 -> exchange.sendResponseHeaders(503, -1);
                default -> registry.serve(exchange);
            }
        });
        long start = System.nanoTime();

        push("gzip", "1", image);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(900));
    }

    @Test
    void sendsNothingOfALayerThatWasAltered() throws IOException {
        Image image = image(store, "tool", "x86_64", noise());
        Path layer = store.path(image.layers().get(0).blob().digest());
        byte[] bytes = Files.readAllBytes(layer);
        bytes[bytes.length / 2] ^= 1;
        Files.write(layer, bytes);

        assertFails(Kind.VERIFICATION, () -> push("gzip", "1", image), "was altered");
        assertThat(registry.requests()).isEmpty();
    }

    @Test
    void noticesALayerThatIsAlteredWhileItIsSent() throws IOException {
        Image image = image(store, "tool", "x86_64", noise());
        Path layer = store.path(image.layers().get(0).blob().digest());
        byte[] altered = Files.readAllBytes(layer);
        altered[altered.length / 2] ^= 1;
        registry.override("/v2/lab/tool/blobs/uploads/", exchange -> {
            Files.write(layer, altered);
            registry.serve(exchange);
        });

        assertFails(Kind.VERIFICATION, () -> push("none", "1", image), "was altered");
        assertThat(registry.content("/v2/lab/tool/manifests/1")).isEmpty();
    }

    @Test
    void refusesCompressionsNobodyKnows() {
        assertFails(Kind.BAD_INPUT, () -> LayerCompression.parse("zstd:23"), "expected gzip, zstd:1 to zstd:22");
        assertFails(Kind.BAD_INPUT, () -> LayerCompression.parse("bzip2"), "bzip2");
    }

    private static String noise() {
        StringBuilder text = new StringBuilder();
        Random random = new Random(1);
        while (text.length() < LARGE) {
            text.append(Long.toString(random.nextLong(), 36));
        }
        return text.toString();
    }

    /** An image in a store whose layers hold these texts. */
    private static Image image(Store store, String name, String architecture, String... texts) throws IOException {
        return PushableImage.put(store, name, architecture, texts);
    }

    private Digest push(String compression, String tag, Image... images) {
        return push(request("lab/tool:" + tag, compression, images));
    }

    private Digest push(RegistryPush.Request request) {
        return pushing(store, Map.of()).push(request);
    }

    private RegistryPush.Request request(String destination, String compression, Image... images) {
        return request(registry.host(), destination, compression, images);
    }

    private static RegistryPush.Request request(String host, String destination, String compression, Image... images) {
        return new RegistryPush.Request(
                List.of(images),
                Reference.parse(host + "/" + destination),
                List.of(),
                LayerCompression.parse(compression),
                new TreeMap<>());
    }

    private static RegistryPush pushing(Store store, Map<String, String> environment) {
        return new RegistryPush(
                store,
                RegistrySettings.DEFAULT,
                () -> new Transport(environment, Duration.ofSeconds(10)),
                new Retries(List.of(Duration.ofMillis(1), Duration.ofMillis(1))),
                host -> Optional.of(LOGIN),
                Progress.SILENT);
    }

    private static RegistryImages images(Store store) {
        return new RegistryImages(
                store,
                RegistrySettings.DEFAULT,
                () -> new Transport(Map.of(), Duration.ofSeconds(10)),
                new Retries(List.of()),
                host -> Optional.of(LOGIN),
                Progress.SILENT);
    }

    private Image pull(Store elsewhere, String tag) {
        RegistryImages images = images(elsewhere);
        return images.pull(name(tag), images.resolve(name(tag), Architecture.X86_64), Architecture.X86_64);
    }

    private Reference name(String tag) {
        return Reference.parse(registry.host() + "/lab/tool:" + tag);
    }

    private JsonNode document(Digest digest) throws IOException {
        return new ObjectMapper()
                .readTree(registry.content("/v2/lab/tool/manifests/" + digest).orElseThrow());
    }

    private static void assertFails(Kind kind, ThrowingCallable call, String... words) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        BuildException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(kind))
                .hasMessageContainingAll(words);
    }
}
