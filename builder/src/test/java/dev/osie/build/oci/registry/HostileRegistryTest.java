package dev.osie.build.oci.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpHandler;
import dev.osie.build.failure.BuildException;
import dev.osie.build.failure.BuildException.Kind;
import dev.osie.build.http.Retries;
import dev.osie.build.http.Transport;
import dev.osie.build.oci.Image;
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
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Registries that are wrong, slow, or after the user's login. */
@Timeout(60)
final class HostileRegistryTest {
    private static final Architecture X86_64 = Architecture.X86_64;
    private static final Login LOGIN = new Login("ann", "s3cret");
    private static final Login IDENTITY = new Login("<token>", "1dentity");

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

    // Documents

    @Test
    void refusesTheManifestsOfOldDockersByName() {
        manifest(
                "application/vnd.docker.distribution.manifest.v1+prettyjws",
                "{\"schemaVersion\": 1, \"fsLayers\": []}");

        assertFails(Kind.UNAVAILABLE, () -> pull("1"), "schema 1");
    }

    @Test
    void refusesADocumentThatIsTwoThings() {
        manifest(MediaType.MANIFEST, "{\"schemaVersion\": 2, \"manifests\": [], \"config\": {}, \"layers\": []}");

        assertFails(Kind.VERIFICATION, () -> pull("1"), "contradicts itself", "both images and layers");
    }

    @Test
    void refusesADocumentThatLiesOfItsType() {
        manifest(MediaType.INDEX, "{\"schemaVersion\": 2, \"config\": {}, \"layers\": []}");
        assertFails(Kind.VERIFICATION, () -> pull("1"), "was sent as " + MediaType.INDEX);

        manifest(
                "application/octet-stream",
                "{\"schemaVersion\": 2, \"mediaType\": \"" + MediaType.MANIFEST + "\", \"manifests\": []}");
        assertFails(Kind.VERIFICATION, () -> pull("1"), "calls itself " + MediaType.MANIFEST);
    }

    @Test
    void tellsThatAPageForPeopleIsNoManifest() {
        manifest("text/html", "<html>Please log in</html>");

        assertFails(Kind.UNAVAILABLE, () -> pull("1"), "is no manifest: it is no JSON object");
    }

    @Test
    void refusesWhatIsNoImageBeforeAnythingIsFetched() throws IOException {
        image().named(
                        "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
                        Digest.of(new byte[1]),
                        1,
                        Digest.of(new byte[1]))
                .put("1");
        assertFails(Kind.UNAVAILABLE, () -> pull("1"), "which no layer of a container image has");

        image().named(
                        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
                        Digest.of(new byte[2]),
                        2,
                        Digest.of(new byte[2]))
                .put("2");
        assertFails(Kind.UNAVAILABLE, () -> pull("2"), "a layer that registries may not hand on");

        manifest("application/vnd.x+json", "{\"schemaVersion\": 2, \"mediaType\": \"application/vnd.x+json\"}");
        assertFails(Kind.UNAVAILABLE, () -> pull("1"), "is no image: it is application/vnd.x+json");
    }

    @Test
    void refusesALayerOfNoSize() throws IOException {
        TestImage image = image().named(MediaType.LAYER, Digest.of(new byte[1]), -1, Digest.of(new byte[1]));
        image.put("1");

        assertFails(Kind.VERIFICATION, () -> pull("1"), "does not say how large");
    }

    @Test
    void followsAnIndexOfIndexesALittle() throws IOException {
        Digest image = image().gzip("a", "one").put("image");
        Digest inner = index("inner", MediaType.MANIFEST, image);
        index("1", MediaType.INDEX, inner);

        assertThat(images().resolve(name("1"), X86_64)).isEqualTo(image);

        Digest nested = inner;
        for (int depth = 0; depth < 10; depth++) {
            nested = index("deep", MediaType.INDEX, nested);
        }
        assertFails(Kind.UNAVAILABLE, () -> pull("deep"), "more than 3 times");
        Digest deep = nested;
        assertFails(Kind.UNAVAILABLE, () -> images().pull(name("deep"), deep, X86_64), "more than 3 times");
    }

    @Test
    void refusesAnIndexThatIsSaidToBeAnImage() throws IOException {
        Digest image = image().gzip("a", "one").put("image");
        Digest inner = index("inner", MediaType.MANIFEST, image);
        Digest outer = index("1", MediaType.MANIFEST, inner);

        assertFails(Kind.VERIFICATION, () -> images().pull(name("1"), outer, X86_64), "that is an index too");
    }

    @Test
    void looksAtBothPromisesOfOneBlob() throws IOException {
        byte[] layer = TestImage.gzip(TestImage.tar("a", "one"));
        Digest blob = registry.blob("lab/tool", layer);
        image().named(MediaType.LAYER_GZIP, blob, layer.length, Digest.of(TestImage.tar("a", "two")))
                .named(MediaType.LAYER_GZIP, blob, layer.length, Digest.of(TestImage.tar("a", "one")))
                .put("1");

        assertFails(Kind.VERIFICATION, () -> pull("1"), "unpacks to something else");
    }

    @Test
    void takesLayersWithNothingInThem() throws IOException {
        image().layer(MediaType.LAYER_GZIP, TestImage.gzip(new byte[1024]), new byte[1024])
                .plain("a", "")
                .layer(MediaType.LAYER, new byte[1024], new byte[1024])
                .put("1");

        assertThat(pull("1").layers()).hasSize(3);
    }

    @Test
    void refusesAManifestThatNeverEnds() {
        registry.override("/v2/lab/tool/manifests/1", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            for (int i = 0; i < 100_000; i++) {
                exchange.getResponseBody().write(new byte[1000]);
            }
        });

        assertFails(Kind.VERIFICATION, () -> pull("1"), "is larger than");
    }

    @Test
    void suggestsTheTagThatWasMeant() throws IOException {
        image().gzip("a", "one").put("1.2.3");
        registry.override("/v2/lab/tool/tags/list", answer("{\"tags\": [\"1.2.3\", \"latest\"]}"));
        assertHint(() -> pull("1.2.4"), "Did you mean " + registry.host() + "/lab/tool:1.2.3?");
        assertHint(() -> pull("nightly"), "There are the tags 1.2.3, latest.");

        registry.override("/v2/lab/tool/tags/list", answer("no JSON"));
        assertFails(Kind.UNAVAILABLE, () -> pull("1.2.4"), "There is no image");
    }

    // Ways

    @Test
    void goesRoundInCirclesAFewTimesOnly() throws IOException {
        image().gzip("a", "one").put("1");
        registry.override("/v2/lab/tool/manifests/1", redirect("/v2/lab/tool/manifests/1"));

        assertFails(Kind.UNAVAILABLE, () -> pull("1"), "redirected more than 5 times");
    }

    @Test
    void isNotLedFromTlsToPlainHttp() throws Exception {
        SelfSigned certificate = new SelfSigned(directory);
        Path file = Files.writeString(directory.resolve("ca.pem"), certificate.pem());
        try (FakeRegistry secure = FakeRegistry.withTls(certificate.context())) {
            TestImage image = new TestImage(secure, "lab/tool").gzip("a", "one");
            Digest digest = image.put("1");
            secure.override(image.blobPath(0), redirect("http://" + registry.host() + "/blob"));
            RegistryImages images = images(Map.of("SSL_CERT_FILE", file.toString()), Optional.of(LOGIN));

            assertFails(
                    Kind.UNAVAILABLE,
                    () -> images.pull(Reference.parse(secure.host() + "/lab/tool:1"), digest, X86_64),
                    "which cannot be followed");
            assertThat(registry.requests()).isEmpty();
        }
    }

    @Test
    void tellsOfTlsThatFailsBehindARedirect() throws Exception {
        try (FakeRegistry secure = FakeRegistry.withTls(new SelfSigned(directory).context())) {
            TestImage image = image().gzip("a", "one");
            image.put("1");
            registry.override(image.blobPath(0), redirect("https://" + secure.host() + "/blob"));

            assertFails(Kind.UNAVAILABLE, () -> pull("1"), secure.host(), "TLS failed");
        }
    }

    @Test
    void keepsATokenFromAServerItIsRedirectedTo() throws IOException {
        TestImage image = image().gzip("a", "one");
        image.put("1");
        registry.override("/token", answer("{\"token\": \"t0ken\"}"));
        registry.protect(bearer("http://" + registry.host() + "/token"), "Bearer t0ken");
        try (FakeRegistry elsewhere = FakeRegistry.start()) {
            elsewhere.blob("x", image.sent(0));
            registry.override(
                    image.blobPath(0),
                    redirect("http://" + elsewhere.host() + "/v2/x/blobs/" + Digest.of(image.sent(0))));

            assertThat(pull("1").layers()).hasSize(1);
            assertThat(elsewhere.requests()).hasSize(1);
            assertThat(elsewhere.authorizations()).isEmpty();
        }
    }

    @Test
    void asksAMirrorThatIsOutOfReachOnce() throws IOException {
        TestImage image = image().gzip("a", "one").gzip("b", "two");
        Digest digest = image.put("1");
        try (FakeRegistry ill = FakeRegistry.start()) {
            ill.override("/v2/lab/tool/manifests/" + digest, exchange -> exchange.sendResponseHeaders(503, -1));
            RegistryImages images = images(
                    new RegistrySettings(new TreeMap<>(Map.of(registry.host(), List.of(ill.host()))), Set.of()),
                    Map.of(),
                    Optional.of(LOGIN));

            assertThat(images.pull(name("1"), digest, X86_64).layers()).hasSize(2);
            assertThat(ill.requests()).hasSize(2); // the first look, and the manifest
        }
    }

    @Test
    void goesThroughTheProxyOfTheEnvironment() throws IOException {
        Digest digest = image().gzip("a", "one").put("1");
        RegistryImages images = images(
                new RegistrySettings(new TreeMap<>(), Set.of("registry.invalid")),
                Map.of("http_proxy", "http://" + registry.host()),
                Optional.empty());

        assertThat(images.pull(Reference.parse("registry.invalid/lab/tool:1"), digest, X86_64)
                        .layers())
                .hasSize(1);
    }

    // Logins

    @Test
    void getsANewTokenWhenOneIsWornOut() throws IOException {
        TestImage image = image().gzip("a", "one");
        image.put("1");
        AtomicInteger tokens = new AtomicInteger();
        registry.override("/token", exchange -> {
            String token = "t" + tokens.incrementAndGet();
            registry.protect(bearer("http://" + registry.host() + "/token"), "Bearer " + token);
            answer("{\"access_token\": \"" + token + "\"}").handle(exchange);
        });
        registry.override("/v2/lab/tool/manifests/" + image.put("1"), exchange -> {
            registry.serve(exchange);
            registry.protect(bearer("http://" + registry.host() + "/token"), "Bearer of the next day");
        });
        registry.protect(bearer("http://" + registry.host() + "/token"), "Bearer nothing yet");

        assertThat(pull("1").layers()).hasSize(1);
        assertThat(tokens.get()).isGreaterThan(1);
    }

    @Test
    void choosesTheChallengeItCanAnswer() throws IOException {
        image().gzip("a", "one").put("1");
        registry.override("/v2/lab/tool/manifests/1", exchange -> {
            if (LOGIN.basic().equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                registry.serve(exchange);
                return;
            }
            exchange.getResponseHeaders().add("WWW-Authenticate", "Negotiate");
            exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"lab\"");
            exchange.sendResponseHeaders(401, -1);
        });

        assertThat(pull("1").layers()).hasSize(1);
    }

    @Test
    void takesNoTokenThatWouldForgeAHeader() throws IOException {
        image().gzip("a", "one").put("1");
        registry.protect(bearer("http://" + registry.host() + "/token"), "Bearer t0ken");
        for (String answer : List.of("{\"token\": \"t\\r\\nX: y\"}", "{\"token\": 5, \"x\":", "{}", "[]", "")) {
            registry.override("/token", answer(answer));
            assertFails(Kind.UNAVAILABLE, () -> pull("1"), "without a usable token");
        }
    }

    @Test
    void doesNotTellAPlainTokenServiceTheLoginForARegistryWithTls() throws Exception {
        SelfSigned certificate = new SelfSigned(directory);
        Path file = Files.writeString(directory.resolve("ca.pem"), certificate.pem());
        try (FakeRegistry secure = FakeRegistry.withTls(certificate.context())) {
            secure.protect(
                    bearer("http://" + registry.host().replace("127.0.0.1", "localhost") + "/token"), "Bearer x");
            RegistryImages images = images(Map.of("SSL_CERT_FILE", file.toString()), Optional.of(LOGIN));

            assertFails(
                    Kind.UNAVAILABLE,
                    () -> images.resolve(Reference.parse(secure.host() + "/lab/tool:1"), X86_64),
                    "is not a safe address");
            assertThat(registry.requests()).isEmpty();
        }
    }

    @Test
    void sendsAnIdentityTokenToTheTokenServiceAlone() throws IOException {
        image().gzip("a", "one").put("1");
        registry.override("/token", exchange -> {
            assertThat(exchange.getRequestMethod()).isEqualTo("POST");
            assertThat(exchange.getRequestURI().getQuery()).isNull();
            assertThat(new String(exchange.getRequestBody().readAllBytes(), UTF_8))
                    .contains(
                            "grant_type=refresh_token",
                            "refresh_token=1dentity",
                            "scope=repository%3Alab%2Ftool%3Apull");
            answer("{\"access_token\": \"t0ken\"}").handle(exchange);
        });
        registry.protect(bearer("http://" + registry.host() + "/token"), "Bearer t0ken");
        RegistryImages images = images(Map.of(), Optional.of(IDENTITY));

        assertThat(images.resolve(name("1"), X86_64)).isNotNull();
        assertThat(registry.authorizations()).containsOnly("Bearer t0ken");

        registry.protect("Basic realm=\"lab\"", "Basic x");
        RegistryImages others = images(Map.of(), Optional.of(IDENTITY));
        assertFails(Kind.UNAVAILABLE, () -> others.resolve(name("1"), X86_64), "is an identity token");
        assertThat(registry.authorizations()).containsOnly("Bearer t0ken");
    }

    private static HttpHandler redirect(String location) {
        return exchange -> {
            exchange.getResponseHeaders().add("Location", location);
            exchange.sendResponseHeaders(307, -1);
        };
    }

    private static HttpHandler answer(String body) {
        return exchange -> {
            byte[] bytes = body.getBytes(UTF_8);
            exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    private static String bearer(String realm) {
        return "Bearer realm=\"" + realm + "\",service=\"the registry\"";
    }

    private void manifest(String type, String json) {
        registry.manifest("lab/tool", type, json, "1");
    }

    private Digest index(String tag, String type, Digest named) {
        return registry.manifest(
                "lab/tool",
                MediaType.INDEX,
                "{\"schemaVersion\": 2, \"mediaType\": \"" + MediaType.INDEX + "\", \"manifests\": [{\"mediaType\": \""
                        + type + "\", \"digest\": \"" + named
                        + "\", \"size\": 1, \"platform\": {\"os\": \"linux\", \"architecture\": \"amd64\"}}]}",
                tag);
    }

    private TestImage image() {
        return new TestImage(registry, "lab/tool");
    }

    private Reference name(String tag) {
        return Reference.parse(registry.host() + "/lab/tool:" + tag);
    }

    private Image pull(String tag) {
        RegistryImages images = images();
        return images.pull(name(tag), images.resolve(name(tag), X86_64), X86_64);
    }

    private RegistryImages images() {
        return images(Map.of(), Optional.of(LOGIN));
    }

    private RegistryImages images(Map<String, String> environment, Optional<Login> login) {
        return images(RegistrySettings.DEFAULT, environment, login);
    }

    private RegistryImages images(RegistrySettings settings, Map<String, String> environment, Optional<Login> login) {
        return new RegistryImages(
                store,
                settings,
                () -> new Transport(environment, Duration.ofSeconds(10)),
                new Retries(List.of(Duration.ofMillis(1), Duration.ofMillis(1))),
                host -> login,
                Progress.SILENT);
    }

    private static void assertHint(ThrowingCallable call, String hint) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        BuildException.class,
                        failure -> assertThat(failure.hint()).contains(hint));
    }

    private static void assertFails(Kind kind, ThrowingCallable call, String... words) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        BuildException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(kind))
                .hasMessageContainingAll(words);
    }
}
