package dev.osie.build.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.osie.build.failure.BuildException;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.Reference;
import dev.osie.build.oci.registry.PushableImage;
import dev.osie.build.oci.registry.RegistryImages;
import dev.osie.build.oci.registry.RegistrySettings;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Push and pull with a real registry, which speaks TLS and wants a login, and beside them skopeo with the same registry. */
@Tag("tools")
@Timeout(180)
final class RegistryPushPullTest {
    private static final String USER = "ann";
    private static final String PASSWORD = "s3cret";

    @TempDir
    private static Path shared;

    private static CertificateAuthority authority;
    private static Registry registry;

    @TempDir
    private Path directory;

    private Store store;

    @BeforeAll
    static void startRegistry() throws Exception {
        authority = CertificateAuthority.in(shared);
        registry = Registry.startWithTlsAndLogin(shared, authority, USER, PASSWORD);
    }

    @AfterAll
    static void stopRegistry() {
        registry.close();
    }

    @BeforeEach
    void openStore() {
        store = Store.open(directory.resolve("osie-build"));
    }

    @Test
    void skopeoReadsWhatWasPushed() throws Exception {
        Image image = PushableImage.put(store, "tool", "x86_64", "one", noise(2 << 20));
        for (String compression : List.of("gzip", "zstd:9", "none")) {
            String tag = compression.replace(':', '-');

            OsieBuild.Result pushed = push("--compression", compression, "tool", host() + "/forms/tool:" + tag);

            String digest = pushed.succeeded().output().strip();
            assertThat(pushed.errors()).doesNotContain(PASSWORD);
            JsonNode found = json(skopeo("inspect", "--creds", login(), certificates(""), docker("forms/tool:" + tag)));
            assertThat(found.path("Digest").asText()).isEqualTo(digest);
            assertThat(found.path("Architecture").asText()).isEqualTo("amd64");
            Path copy = directory.resolve("copy " + tag);
            skopeo("copy", "--src-creds", login(), certificates("src-"), docker("forms/tool@" + digest), "dir:" + copy);
            assertThat(diffIds(copy))
                    .isEqualTo(image.layers().stream()
                            .map(layer -> layer.blob().digest().toString())
                            .toList());
        }
    }

    @Test
    void skopeoReadsAnIndexOfBothArchitectures() throws Exception {
        PushableImage.put(store, "tool", "x86_64", "one", "amd");
        PushableImage.put(store, "tool", "aarch64", "one", "arm");

        String digest = push("--arch", "all", "--tag", "latest", "tool", host() + "/index/tool:1")
                .succeeded()
                .output()
                .strip();

        JsonNode index =
                json(skopeo("inspect", "--raw", "--creds", login(), certificates(""), docker("index/tool:latest")));
        assertThat(index.path("manifests")).hasSize(2);
        skopeo(
                "copy",
                "--all",
                "--src-creds",
                login(),
                certificates("src-"),
                docker("index/tool@" + digest),
                "oci:" + directory.resolve("copy"));
        skopeo(
                "copy",
                "--all",
                "--format",
                "v2s2",
                "--src-creds",
                login(),
                certificates("src-"),
                "--dest-creds",
                login(),
                certificates("dest-"),
                docker("index/tool:1"),
                docker("index/list:1"));
        for (String name : List.of("index/tool:1", "index/list:1")) {
            assertThat(pull(name, Architecture.AARCH64).config().platform().describe())
                    .as(name)
                    .isEqualTo("linux/arm64");
        }
    }

    @Test
    void sendsNothingTwiceAndMountsWhatIsThere() throws Exception {
        PushableImage.put(store, "tool", "x86_64", noise(2 << 20));
        PushableImage.put(store, "other", "x86_64", noise(2 << 20), "more");
        String digest = push("tool", host() + "/twice/tool:1").succeeded().output();

        OsieBuild.Result again = push("tool", host() + "/twice/tool:1").succeeded();
        OsieBuild.Result mounted = push("other", host() + "/twice/").succeeded();

        assertThat(again.output()).isEqualTo(digest);
        assertThat(again.errors()).contains("is there already").doesNotContain("sent");
        assertThat(mounted.errors()).contains("3 blobs: 2 sent, 1 mounted, 0 there");
        skopeo("inspect", "--creds", login(), certificates(""), docker("twice/other:latest"));
    }

    /** This registry forgets a request that was cut short, so the blob is begun anew. */
    @Test
    void pushesThoughConnectionsAreCut() throws Exception {
        PushableImage.put(store, "tool", "x86_64", noise(6 << 20));
        try (CuttingProxy proxy = CuttingProxy.start(registry.port(), 2, 2_000_000)) {
            String host = "127.0.0.1:" + proxy.port();
            login(login(), host);

            String digest = run("--compression", "none", "tool", host + "/cut/tool:1")
                    .succeeded()
                    .output()
                    .strip();

            assertThat(proxy.cutsLeft()).isZero();
            skopeo(
                    "copy",
                    "--src-creds",
                    login(),
                    certificates("src-"),
                    docker("cut/tool@" + digest),
                    "dir:" + directory.resolve("copy"));
        }
    }

    @Test
    void namesWhatIsMissingToReachIt() throws Exception {
        PushableImage.put(store, "tool", "x86_64", "one");

        OsieBuild.Result untrusted =
                osieBuild().with("SSL_CERT_FILE", "").run("image", "push", "tool", host() + "/lab/tool:1");
        assertThat(untrusted.exitCode()).isEqualTo(3);
        assertThat(untrusted.errors()).contains("TLS failed", "SSL_CERT_FILE=FILE");
        assertThat(untrusted.output()).isEmpty();

        login(USER + ":wrong", host());
        OsieBuild.Result refused = osieBuild().run("image", "push", "tool", host() + "/lab/tool:1");
        assertThat(refused.exitCode()).isEqualTo(3);
        assertThat(refused.errors())
                .contains("refuses", "docker login " + host())
                .doesNotContain("wrong");

        assertThatThrownBy(() -> pull(Map.of("SSL_CERT_FILE", ""), "lab/tool:1", Architecture.X86_64))
                .isInstanceOfSatisfying(
                        BuildException.class,
                        failure -> assertThat(failure.hint().orElse("")).contains("SSL_CERT_FILE=FILE"));
    }

    @Test
    void pullsWhatSkopeoPushedInEveryForm() throws Exception {
        Image image = PushableImage.put(store, "tool", "x86_64", "one", noise(1 << 20), "three");
        for (String form : List.of("oci gzip", "oci zstd", "v2s2 gzip")) {
            String[] words = form.split(" ");
            String name = "skopeo/" + words[0] + "-" + words[1] + ":1";
            skopeo(
                    "copy",
                    "--dest-creds",
                    login(),
                    certificates("dest-"),
                    "--format",
                    words[0],
                    "--dest-compress-format",
                    words[1],
                    "oci:" + store.root() + ":osie-build/tool:x86_64",
                    docker(name));

            assertThat(pull(name, Architecture.X86_64).layers())
                    .as(form)
                    .extracting(Image.Layer::blob)
                    .isEqualTo(image.layers().stream().map(Image.Layer::blob).toList());
        }
    }

    @Test
    void pullsAndPushesAgainToTheSameDigest() throws Exception {
        PushableImage.put(store, "tool", "x86_64", "one", "two");
        String digest =
                push("tool", host() + "/again/tool:1").succeeded().output().strip();
        Store elsewhere = Store.open(directory.resolve("elsewhere/osie-build"));
        Image pulled = pull(elsewhere, environment(), "again/tool:1", Architecture.X86_64);

        OsieBuild.Result again = osieBuild()
                .cachingIn(directory.resolve("elsewhere"))
                .run("image", "push", pulled.name().repository() + ":" + digest.substring(7), host() + "/again/again:1")
                .succeeded();

        assertThat(again.output().strip()).isEqualTo(digest);
    }

    @Test
    void suggestsTheTagThatWasMeant() throws Exception {
        PushableImage.put(store, "tool", "x86_64", "one");
        push("tool", host() + "/tags/tool:1.2.3").succeeded();

        assertThatThrownBy(() -> pull("tags/tool:1.2.4", Architecture.X86_64))
                .isInstanceOfSatisfying(
                        BuildException.class,
                        failure -> assertThat(failure.hint()).contains("Did you mean " + host() + "/tags/tool:1.2.3?"));
    }

    private OsieBuild.Result push(String... arguments) throws Exception {
        login(login(), host());
        return run(arguments);
    }

    private OsieBuild.Result run(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("image", "push"));
        all.addAll(List.of(arguments));
        return osieBuild().run(all.toArray(String[]::new));
    }

    private OsieBuild osieBuild() throws IOException {
        return new OsieBuild(List.of(), Project.checkout(), environment()).cachingIn(directory);
    }

    private Map<String, String> environment() throws IOException {
        Path configuration = Files.createDirectories(directory.resolve("docker"));
        return new TreeMap<>(Map.of(
                "DOCKER_CONFIG",
                configuration.toString(),
                "SSL_CERT_FILE",
                authority.certificate().toString()));
    }

    private void login(String login, String host) throws IOException {
        environment();
        String encoded = Base64.getEncoder().encodeToString(login.getBytes(UTF_8));
        Files.writeString(
                directory.resolve("docker/config.json"),
                "{\"auths\": {\"" + host + "\": {\"auth\": \"" + encoded + "\"}}}");
    }

    private Image pull(String name, Architecture architecture) throws IOException {
        login(login(), host());
        return pull(environment(), name, architecture);
    }

    private Image pull(Map<String, String> environment, String name, Architecture architecture) throws IOException {
        return pull(Store.open(directory.resolve("pulled")), environment, name, architecture);
    }

    private Image pull(Store into, Map<String, String> environment, String name, Architecture architecture) {
        Reference reference = Reference.parse(host() + "/" + name);
        RegistryImages images = RegistryImages.create(into, RegistrySettings.DEFAULT, environment, Progress.SILENT);
        Digest digest = images.resolve(reference, architecture);
        return images.pull(reference, digest, architecture);
    }

    private static String skopeo(String... arguments) throws InterruptedException {
        return HostTool.require("skopeo", "skopeo").run(arguments);
    }

    private String certificates(String side) {
        return "--" + side + "cert-dir=" + authority.folder();
    }

    private static String login() {
        return USER + ":" + PASSWORD;
    }

    private String docker(String name) {
        return "docker://" + host() + "/" + name;
    }

    private String host() {
        return "127.0.0.1:" + registry.port();
    }

    private static List<String> diffIds(Path copy) throws IOException {
        JsonNode manifest = json(Files.readString(copy.resolve("manifest.json")));
        String config = manifest.path("config").path("digest").asText().substring("sha256:".length());
        JsonNode diffIds =
                json(Files.readString(copy.resolve(config))).path("rootfs").path("diff_ids");
        List<String> texts = new ArrayList<>();
        diffIds.forEach(digest -> texts.add(digest.asText()));
        return texts;
    }

    private static JsonNode json(String text) throws IOException {
        return new ObjectMapper().readTree(text);
    }

    private static String noise(int size) {
        StringBuilder text = new StringBuilder();
        Random random = new Random(size);
        while (text.length() < size) {
            text.append(Long.toString(random.nextLong(), 36));
        }
        return text.toString();
    }
}
