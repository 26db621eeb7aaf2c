package dev.osie.build.oci.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.failure.BuildException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class LoginFilesTest {
    private static final String ANN = "ann:s3cret";

    @TempDir
    private Path directory;

    private final Map<String, String> environment = new TreeMap<>();

    @BeforeEach
    void isolate() {
        environment.put("REGISTRY_AUTH_FILE", directory.resolve("auth.json").toString());
        environment.put("PATH", directory + ":/usr/bin:/bin");
    }

    @Test
    void findsTheLoginUnderEveryNameARegistryIsFiledUnder() throws IOException {
        for (String key :
                new String[] {"registry.lab:5000", "https://registry.lab:5000", "http://registry.lab:5000/v2/"}) {
            auths("\"" + key + "\": {\"auth\": \"" + base64(ANN) + "\"}");
            assertThat(find("registry.lab:5000")).as(key).contains(new Login("ann", "s3cret"));
            assertThat(find("registry.lab")).isEmpty();
            assertThat(find("evil.registry.lab:5000")).isEmpty();
        }
        auths("\"https://index.docker.io/v1/\": {\"auth\": \"" + base64("ann:a:b") + "\"}");
        assertThat(find("docker.io")).contains(new Login("ann", "a:b"));
    }

    @Test
    void asksTheNextFileWhenOneKnowsNothing() throws IOException {
        auths("\"other.lab\": {\"auth\": \"" + base64(ANN) + "\"}, \"registry.lab\": {}");
        Path docker = Files.createDirectories(directory.resolve("docker"));
        Files.writeString(
                docker.resolve("config.json"),
                "{\"auths\": {\"registry.lab\": {\"auth\": \"" + base64("bob:b0b") + "\"}}}");
        environment.put("DOCKER_CONFIG", docker.toString());

        assertThat(find("registry.lab")).contains(new Login("bob", "b0b"));
        assertThat(find("other.lab")).contains(new Login("ann", "s3cret"));
    }

    @Test
    void knowsIdentityTokens() throws IOException {
        auths("\"registry.lab\": {\"auth\": \"" + base64("ann:") + "\", \"identitytoken\": \"1dentity\"}");

        assertThat(find("registry.lab").orElseThrow().isIdentityToken()).isTrue();
        assertThat(find("registry.lab").orElseThrow().password()).isEqualTo("1dentity");
    }

    @Test
    void asksTheHelperOfTheRegistryAndElseTheCommonOne() throws IOException {
        write("{\"credHelpers\": {\"registry.lab\": \"lab\"}, \"credsStore\": \"all\"}");
        helper("lab", "read server; echo '{\"ServerURL\": \"x\", \"Username\": \"lab\", \"Secret\": \"'$server'\"}'");
        helper("all", "read server; echo '{\"Username\": \"all\", \"Secret\": \"'$server'\"}'");

        assertThat(find("registry.lab")).contains(new Login("lab", "registry.lab"));
        assertThat(find("other.lab")).contains(new Login("all", "other.lab"));
        assertThat(find("docker.io")).contains(new Login("all", "https://index.docker.io/v1/"));
    }

    @Test
    void takesAHelperWithoutALoginForNone() throws IOException {
        write("{\"credsStore\": \"lab\"}");
        helper("lab", "echo 'credentials not found in native keychain'; exit 1");

        assertThat(find("registry.lab")).isEmpty();
    }

    @Test
    void repeatsTheComplaintOfAHelperThatFails() throws IOException {
        write("{\"credsStore\": \"lab\"}");
        helper("lab", "echo 'the chain of keys is locked'; exit 1");

        assertFails(Kind.UNAVAILABLE, "docker-credential-lab", "it failed: the chain of keys is locked");
    }

    @Test
    void neverShowsWhatAHelperPrintsInsteadOfALogin() throws IOException {
        write("{\"credsStore\": \"lab\"}");
        for (String junk : new String[] {"s3cret", "{}", "[\"s3cret\"]", "{\"Username\": \"ann\"}", ""}) {
            helper("lab", "echo '" + junk + "'");
            assertFails(Kind.UNAVAILABLE, "docker-credential-lab", "expected JSON with Username and Secret");
        }
    }

    @Test
    void doesNotReadForeverWhatAHelperPrints() throws IOException {
        write("{\"credsStore\": \"lab\"}");
        helper("lab", "while :; do echo s3cret; done");

        assertFails(Kind.UNAVAILABLE, "docker-credential-lab");
    }

    @Test
    void doesNotWaitForeverForAHelper() throws IOException {
        write("{\"credsStore\": \"lab\"}");
        helper("lab", "exec sleep 20");

        assertFails(Kind.UNAVAILABLE, "docker-credential-lab", "no answer within");
    }

    @Test
    void namesAHelperThatIsMissing() throws IOException {
        write("{\"credsStore\": \"lab\"}");
        assertFails(Kind.MISSING_TOOL, "auth.json", "docker-credential-lab, which isn't here");

        write("{\"credsStore\": \"../../evil\"}");
        assertFails(Kind.BAD_INPUT, "'../../evil'");
    }

    @Test
    void namesAFileThatIsDamagedWithoutShowingIt() throws IOException {
        write("s3cret");
        assertFails(Kind.BAD_INPUT, "auth.json, but it is not readable JSON");

        auths("\"registry.lab\": {\"auth\": \"" + base64("s3cret") + "\"}");
        assertFails(Kind.BAD_INPUT, "The login for registry.lab in", "is damaged");
    }

    private Optional<Login> find(String registry) {
        return new LoginFiles(environment, Duration.ofSeconds(2)).find(registry);
    }

    private void auths(String entries) throws IOException {
        write("{\"auths\": {" + entries + "}}");
    }

    private void write(String json) throws IOException {
        Files.writeString(directory.resolve("auth.json"), json);
    }

    private void helper(String name, String script) throws IOException {
        Path file = Files.writeString(directory.resolve("docker-credential-" + name), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    private void assertFails(Kind kind, String... words) {
        assertThatThrownBy(() -> find("registry.lab")).isInstanceOfSatisfying(BuildException.class, failure -> {
            assertThat(failure.kind()).isEqualTo(kind);
            assertThat(failure.getMessage()).contains(words).doesNotContain("s3cret");
        });
    }
}
