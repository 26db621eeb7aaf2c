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
import dev.osie.build.oci.ImageArchive;
import dev.osie.build.oci.LayoutTree;
import dev.osie.build.oci.MediaType;
import dev.osie.build.oci.Reference;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import dev.osie.build.tree.TarLayer;
import dev.osie.worker.certificate.SelfSigned;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
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

@Timeout(60)
final class RegistryImagesTest {
    private static final Architecture X86_64 = Architecture.X86_64;
    private static final Login LOGIN = new Login("ann", "s3cret");

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
    void pullsLayersOfEveryCompression() throws IOException {
        Digest digest = image().gzip("a", "by gzip")
                .zstd("b", "by zstd")
                .plain("c", "as it is")
                .put("1");

        Image image = pull("1");

        assertThat(image.manifest()).isEqualTo(digest);
        assertThat(image.pinned()).hasToString(registry.host() + "/lab/tool@" + digest);
        assertThat(image.config().execution().cmd()).containsExactly("/hello");
        assertThat(image.layers())
                .extracting(layer -> TarLayer.read(store, layer.blob().digest())
                        .tree()
                        .nodes()
                        .lastKey())
                .containsExactly("a", "b", "c");
    }

    @Test
    void aPulledImageCanBeHandedOnAsAnArchiveAndAsALayout() throws IOException {
        image().gzip("a", "one").put("1");
        Image image = pull("1");
        TreeMap<String, Image> named = new TreeMap<>(Map.of("docker.io/lab/tool:1", image));

        assertThat(new ImageArchive(store, named).size()).isPositive();
        assertThat(LayoutTree.of(store, image, List.of()).get("index.json")).isPresent();
    }

    @Test
    void asksForNothingTwice() throws IOException {
        image().gzip("a", "one").gzip("b", "two").put("1");
        pull("1");
        image().gzip("a", "one").gzip("c", "three").put("2");
        registry.requests().clear();

        pull("2");

        assertThat(registry.requests())
                .filteredOn(request -> request.contains("/blobs/"))
                .hasSize(2); // configuration, c
        registry.requests().clear();
        Digest digest = images().resolve(name("2"), X86_64);
        registry.requests().clear();
        assertThat(images().pull(name("2"), digest, X86_64).layers()).hasSize(2);
        assertThat(registry.requests()).isEmpty();
    }

    @Test
    void aStoreThatGotTheBlobsHasTheSameImageWithoutBelievingAnybody() throws IOException {
        Digest amd = image().gzip("a", "one").zstd("b", "two").put("amd64");
        Digest index = registry.manifest(
                "lab/tool",
                MediaType.INDEX,
                "{\"schemaVersion\": 2, \"manifests\": [" + onPlatform(amd, "linux", "amd64") + "]}",
                "1");
        Image pulled = images().pull(name("1"), index, X86_64);
        Store other = Store.open(directory.resolve("other"));
        store.contents().blobs().forEach(blob -> copy(blob.file(), other.path(blob.digest())));
        RegistryImages offline = RegistryImages.offline(other, RegistrySettings.DEFAULT, Progress.SILENT);

        assertThat(offline.find(name("1"), index, X86_64)).contains(pulled);
        assertThat(offline.find(name("1"), amd, X86_64)).contains(pulled);
        assertThat(offline.find(name("1"), amd, Architecture.AARCH64).map(Image::config))
                .as("what was found once is known")
                .contains(pulled.config());
    }

    @Test
    void anImageOfWhichALayerWasNotBroughtIsNotThere() throws IOException {
        Digest amd = image().gzip("a", "one").zstd("b", "two").put("1");
        Image pulled = images().pull(name("1"), amd, X86_64);
        Store other = Store.open(directory.resolve("other"));
        Digest layer = pulled.layers().get(1).blob().digest();
        store.contents().blobs().stream()
                .filter(blob -> !blob.digest().equals(layer))
                .forEach(blob -> copy(blob.file(), other.path(blob.digest())));
        RegistryImages offline = RegistryImages.offline(other, RegistrySettings.DEFAULT, Progress.SILENT);

        assertThat(offline.find(name("1"), amd, X86_64)).isEmpty();
        assertThatThrownBy(() -> offline.pull(name("1"), amd, X86_64))
                .isInstanceOfSatisfying(
                        BuildException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE));
    }

    @Test
    void aPulledImageIsArchivedWithTheLayersThatTheStoreHas() throws IOException {
        image().gzip("a", "one").put("1");
        Image pulled = pull("1");

        ImageArchive archive = new ImageArchive(store, new TreeMap<>(Map.of("docker.io/lab/tool:1", pulled)));

        try (InputStream in = archive.open()) {
            assertThat(new String(in.readAllBytes(), UTF_8))
                    .hasSize((int) archive.size())
                    .contains("blobs/sha256/"
                            + pulled.layers().get(0).blob().digest().hex());
        }
    }

    @Test
    void anImageDoesNotDependOnTheNameItWasFirstAskedForBy() throws IOException {
        Digest digest = image().gzip("a", "one").put("1");
        Reference byDigest = Reference.parse(registry.host() + "/lab/tool@" + digest);
        Image first = images().pull(byDigest, digest, X86_64);
        Store other = Store.open(directory.resolve("other"));
        store = other;
        images().pull(name("1"), digest, X86_64);

        assertThat(images().pull(byDigest, digest, X86_64)).isEqualTo(first);
    }

    private static void copy(Path from, Path to) {
        try {
            Files.copy(from, to);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void choosesTheArchitectureOfAnIndexPastAttestations() throws IOException {
        Digest arm = image().on("arm64").gzip("a", "arm").put("arm64");
        Digest amd = image().gzip("a", "amd").put("amd64");
        Digest index = registry.manifest(
                "lab/tool",
                MediaType.INDEX,
                "{\"schemaVersion\": 2, \"manifests\": ["
                        + onPlatform(amd, "unknown", "unknown") + ","
                        + onPlatform(arm, "linux", "arm64\", \"variant\": \"v8") + ","
                        + onPlatform(amd, "linux", "amd64") + "]}",
                "1");

        assertThat(images().resolve(name("1"), X86_64)).isEqualTo(amd);
        assertThat(images().resolve(name("1"), Architecture.AARCH64)).isEqualTo(arm);
        assertThat(images().locate(name("1"))).satisfies(located -> {
            assertThat(located.index()).contains(index);
            assertThat(located.manifests())
                    .containsExactly(Map.entry(X86_64, amd), Map.entry(Architecture.AARCH64, arm));
        });
        assertThat(images().pull(name("1"), index, X86_64).manifest()).isEqualTo(amd);
        registry.requests().clear();
        assertThat(images().pull(name("1"), index, X86_64).manifest()).isEqualTo(amd);
        assertThat(registry.requests()).as("what the index has is remembered").isEmpty();
    }

    @Test
    void knowsByItsConfigurationWhatAnImageWithoutIndexIsMadeFor() throws IOException {
        Digest arm = image().on("arm64").gzip("a", "arm").put("1");
        image().on("riscv64").gzip("a", "riscv").put("2");

        Located located = images().locate(name("1"));

        assertThat(located.index()).isEmpty();
        assertThat(located.manifests()).containsExactly(Map.entry(Architecture.AARCH64, arm));
        assertThat(images().locate(name("2")).manifests()).isEmpty();
        assertThat(images().locate(name("2")).platforms()).isEqualTo("linux/riscv64");
    }

    @Test
    void saysWhichArchitecturesThereAre() throws IOException {
        Digest arm = image().on("arm64").gzip("a", "arm").put("arm64");
        registry.manifest(
                "lab/tool",
                MediaType.DOCKER_INDEX,
                "{\"schemaVersion\": 2, \"manifests\": [" + onPlatform(arm, "linux", "arm64") + "]}",
                "1");

        assertFails(Kind.UNAVAILABLE, () -> pull("1"), "is not made for linux/amd64; there are linux/arm64.");
        assertFails(
                Kind.UNAVAILABLE,
                () -> images().pull(name("1"), arm, X86_64),
                "is made for linux/arm64, not for linux/amd64");
    }

    @Test
    void tellsThatThereIsNoSuchImage() {
        assertFails(Kind.UNAVAILABLE, () -> pull("1"), "There is no image " + registry.host() + "/lab/tool:1");
    }

    @Test
    void refusesAManifestThatIsNotTheOneAskedFor() throws IOException {
        Digest digest = image().gzip("a", "one").put("1");
        registry.override("/v2/lab/tool/manifests/" + digest, answer(200, "{\"schemaVersion\": 2}".getBytes(UTF_8)));

        assertFails(Kind.VERIFICATION, () -> images().pull(name("1"), digest, X86_64), "expected " + digest);
    }

    @Test
    void refusesAnAlteredLayer() throws IOException {
        TestImage image = image().gzip("a", "one");
        image.put("1");
        byte[] altered = image.sent(0).clone();
        altered[altered.length - 12] ^= 1;
        registry.override(image.blobPath(0), answer(200, altered));

        assertFails(Kind.VERIFICATION, () -> pull("1"), "layer");
        assertThat(images().find(name("1"), Digest.of(altered), X86_64)).isEmpty();
    }

    @Test
    void refusesALayerThatUnpacksToSomethingElse() throws IOException {
        byte[] layer = TestImage.gzip(TestImage.tar("a", "one"));
        Digest diffId = Digest.of(TestImage.tar("a", "two"));
        image().named(MediaType.LAYER_GZIP, registry.blob("lab/tool", layer), layer.length, diffId)
                .put("1");

        assertFails(Kind.VERIFICATION, () -> pull("1"), "unpacks to something else", diffId.toString());
    }

    @Test
    void refusesALayerThatNeverEnds() throws IOException {
        TestImage image = image().gzip("a", "one");
        image.put("1");
        registry.override(image.blobPath(0), exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(image.sent(0));
            for (int i = 0; i < 100_000; i++) {
                exchange.getResponseBody().write(new byte[1000]);
            }
        });

        assertFails(Kind.VERIFICATION, () -> pull("1"), "is larger than the " + image.sent(0).length + " bytes");
    }

    @Test
    void refusesADecompressionBomb() throws IOException {
        byte[] bomb = com.github.luben.zstd.Zstd.compress(new byte[1 << 20]);
        byte[] large = new byte[bomb.length * 300]; // frames one after another are one stream
        for (int i = 0; i < 300; i++) {
            System.arraycopy(bomb, 0, large, i * bomb.length, bomb.length);
        }
        image().named(MediaType.LAYER_ZSTD, registry.blob("lab/tool", large), large.length, Digest.of(bomb))
                .put("1");

        assertFails(Kind.VERIFICATION, () -> pull("1"), "more than any honest layer");
    }

    @Test
    void goesOnWhereATransferBroke() throws IOException {
        TestImage image = image().plain("a", "x".repeat(100_000));
        image.put("1");
        AtomicInteger breaks = new AtomicInteger();
        registry.override(image.blobPath(0), exchange -> {
            if (breaks.getAndIncrement() < 2) {
                byte[] all = image.sent(0);
                String range = exchange.getRequestHeaders().getFirst("Range");
                int from = range == null ? 0 : Integer.parseInt(range.replaceAll("[^0-9]", ""));
                exchange.sendResponseHeaders(range == null ? 200 : 206, all.length - from);
                exchange.getResponseBody().write(Arrays.copyOfRange(all, from, from + 30_000));
                exchange.getResponseBody().flush();
            } else {
                assertThat(exchange.getRequestHeaders().getFirst("Range")).isEqualTo("bytes=60000-");
                registry.serve(exchange);
            }
        });

        assertThat(pull("1").layers()).hasSize(1);
        assertThat(breaks).hasValue(3);
    }

    @Test
    void givesUpALayerThatIsAlwaysCutShort() throws IOException {
        TestImage image = image().plain("a", "x".repeat(100_000));
        image.put("1");
        registry.override(image.blobPath(0), exchange -> exchange.sendResponseHeaders(200, image.sent(0).length));

        assertFails(Kind.UNAVAILABLE, () -> pull("1"), "the transfer broke off after 0 of", "(3 tries)");
    }

    @Test
    void waitsWhenTheRegistryAsksForIt() throws IOException {
        image().gzip("a", "one").put("1");
        AtomicInteger asked = new AtomicInteger();
        registry.override("/v2/lab/tool/manifests/1", exchange -> {
            if (asked.getAndIncrement() == 0) {
                exchange.getResponseHeaders().add("Retry-After", "1");
                exchange.sendResponseHeaders(429, -1);
            } else {
                registry.serve(exchange);
            }
        });
        long start = System.nanoTime();

        pull("1");

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(900));
    }

    @Test
    void logsInWithNameAndPassword() throws IOException {
        image().gzip("a", "one").put("1");
        demand("Basic realm=\"lab\"", LOGIN.basic());

        assertThat(pull("1").layers()).hasSize(1);
        assertThat(registry.authorizations()).allMatch(LOGIN.basic()::equals);
    }

    @Test
    void getsATokenAndUsesItForTheRepository() throws IOException {
        image().gzip("a", "one").put("1");
        AtomicInteger tokens = new AtomicInteger();
        registry.override("/token", exchange -> {
            tokens.incrementAndGet();
            assertThat(exchange.getRequestURI().getRawQuery())
                    .contains("scope=repository%3Alab%2Ftool%3Apull", "service=the+registry");
            assertThat(exchange.getRequestHeaders().getFirst("Authorization")).isEqualTo(LOGIN.basic());
            answer(200, "{\"token\": \"t0ken\"}".getBytes(UTF_8)).handle(exchange);
        });
        demand(bearer("http://" + registry.host() + "/token"), "Bearer t0ken");

        assertThat(pull("1").layers()).hasSize(1);
        assertThat(tokens.get())
                .as("one token serves all that is asked for side by side, or nearly")
                .isLessThan(3);
    }

    @Test
    void keepsTheLoginFromATokenServiceElsewhere() throws IOException {
        image().gzip("a", "one").put("1");
        try (FakeRegistry elsewhere = FakeRegistry.start()) {
            String other = "http://localhost:" + elsewhere.host().replaceAll(".*:", "") + "/token";
            demand(bearer(other), "Bearer t0ken");

            assertFails(Kind.UNAVAILABLE, () -> pull("1"), "is not a safe address");
            assertThat(elsewhere.requests()).isEmpty();
        }
    }

    @Test
    void keepsTheLoginFromAServerItIsRedirectedTo() throws IOException {
        TestImage image = image().gzip("a", "one");
        image.put("1");
        demand("Basic realm=\"lab\"", LOGIN.basic());
        try (FakeRegistry elsewhere = FakeRegistry.start()) {
            Digest blob = elsewhere.blob("lab/tool", image.sent(0));
            registry.override(image.blobPath(0), exchange -> {
                exchange.getResponseHeaders()
                        .add("Location", "http://" + elsewhere.host() + "/v2/lab/tool/blobs/" + blob);
                exchange.sendResponseHeaders(307, -1);
            });

            assertThat(pull("1").layers()).hasSize(1);
            assertThat(elsewhere.requests()).hasSize(1);
            assertThat(elsewhere.authorizations()).isEmpty();
        }
    }

    @Test
    void doesNotLogInForever() throws IOException {
        image().gzip("a", "one").put("1");
        demand("Basic realm=\"lab\"", "Basic nobody has this");

        assertFails(Kind.UNAVAILABLE, () -> pull("1"), "refuses access to lab/tool");
        assertThat(registry.requests()).hasSizeLessThan(5);
    }

    @Test
    void neverShowsALogin() {
        assertThat(LOGIN).asString().doesNotContain("ann", "s3cret");
    }

    @Test
    void asksMirrorsFirstAndInOrder() throws IOException {
        try (FakeRegistry mirror = FakeRegistry.start()) {
            image().gzip("a", "one").put("1");
            TestImage copy = new TestImage(mirror, "lab/tool").gzip("a", "one");
            Digest digest = copy.put("1");
            mirror.override(copy.blobPath(0), answer(404, new byte[0]));

            RegistryImages images = images(Map.of(registry.host(), List.of("127.0.0.1:9", mirror.host())));

            assertThat(images.pull(name("1"), digest, X86_64).layers()).hasSize(1);
            assertThat(registry.requests())
                    .as("the registry has what the mirror lacks")
                    .containsExactly("GET /v2/", "GET " + copy.blobPath(0));
        }
    }

    @Test
    void speaksTlsToAServerWhoseAuthorityTheUserNames() throws Exception {
        SelfSigned certificate = new SelfSigned(directory);
        Path file = Files.writeString(directory.resolve("ca.pem"), certificate.pem());
        try (FakeRegistry secure = FakeRegistry.withTls(certificate.context())) {
            Digest digest = new TestImage(secure, "lab/tool").gzip("a", "one").put("1");
            Reference name = Reference.parse(secure.host() + "/lab/tool:1");

            RegistryImages trusting = images(RegistrySettings.DEFAULT, Map.of("SSL_CERT_FILE", file.toString()));
            assertThat(trusting.pull(name, digest, X86_64).layers()).hasSize(1);

            RegistryImages other = images(RegistrySettings.DEFAULT, Map.of());
            assertFails(Kind.UNAVAILABLE, () -> other.resolve(name, X86_64), secure.host());
        }
    }

    @Test
    void speaksPlainHttpOnlyWhereThatIsAllowed() {
        assertThat(RegistrySettings.DEFAULT.places("registry.lab:5000").get(0).addresses())
                .extracting(Object::toString)
                .containsExactly("https://registry.lab:5000");
        assertThat(new RegistrySettings(new TreeMap<>(), Set.of("registry.lab:5000"))
                        .places("registry.lab:5000")
                        .get(0)
                        .addresses())
                .extracting(Object::toString)
                .containsExactly("https://registry.lab:5000", "http://registry.lab:5000");
    }

    @Test
    void knowsShortNames() {
        assertThat(RemoteName.of(Reference.parse("redis"))).hasToString("docker.io/library/redis:latest");
        assertThat(RemoteName.of(Reference.parse("linuxkit/init:v1"))).hasToString("docker.io/linuxkit/init:v1");
        assertThat(RemoteName.of(Reference.parse("localhost/a"))).hasToString("localhost/a:latest");
        assertThat(RegistrySettings.DEFAULT.places("docker.io").get(0).host()).isEqualTo("registry-1.docker.io");
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
        return images(RegistrySettings.DEFAULT, Map.of());
    }

    private RegistryImages images(Map<String, List<String>> mirrors) {
        return images(new RegistrySettings(new TreeMap<>(mirrors), Set.of()), Map.of());
    }

    private RegistryImages images(RegistrySettings settings, Map<String, String> environment) {
        return new RegistryImages(
                store,
                settings,
                () -> new Transport(environment, Duration.ofSeconds(10)),
                new Retries(List.of(Duration.ofMillis(1), Duration.ofMillis(1))),
                host -> Optional.of(LOGIN),
                Progress.SILENT);
    }

    /** Lets nobody at the repository without this header. */
    private void demand(String challenge, String authorization) {
        registry.protect(challenge, authorization);
    }

    private static String bearer(String realm) {
        return "Bearer realm=\"" + realm + "\",service=\"the registry\",scope=\"repository:lab/tool:pull\"";
    }

    private static String onPlatform(Digest digest, String os, String architecture) {
        return "{\"mediaType\": \"" + MediaType.MANIFEST + "\", \"digest\": \"" + digest
                + "\", \"size\": 1, \"platform\": {\"os\": \"" + os + "\", \"architecture\": \"" + architecture
                + "\"}}";
    }

    private static HttpHandler answer(int status, byte[] body) {
        return exchange -> {
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        };
    }

    private static void assertFails(Kind kind, ThrowingCallable call, String... words) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        BuildException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(kind))
                .hasMessageContainingAll(words);
    }
}
