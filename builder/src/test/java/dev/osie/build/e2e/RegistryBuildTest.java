package dev.osie.build.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plain LinuxKit YAML whose images are in a real registry, which wants a login. */
@Tag("tools")
final class RegistryBuildTest {
    private static final String USER = "ann";
    private static final String PASSWORD = "s3cret";

    @TempDir
    private Path directory;

    private Reference reference;
    private Registry registry;
    private Path document;

    @BeforeEach
    void pushImages() throws Exception {
        reference = Reference.build();
        registry = Registry.startWithLogin(directory, USER, PASSWORD);
        Map.of("kernel-debian-lts", "kernel:1", "init", "init:1", "containerd", "containerd:1", "dhcp", "dhcp:1")
                .forEach(this::push);
        document = Files.writeString(directory.resolve("plain.yml"), """
                kernel: { image: HOST/kernel:1, cmdline: console=ttyS0 }
                init: [HOST/init:1, HOST/containerd:1]
                services:
                  - { name: dhcp, image: HOST/dhcp:1, net: host, capabilities: [CAP_NET_ADMIN] }
                """.replace("HOST", host()));
    }

    @AfterEach
    void stopRegistry() {
        registry.close();
    }

    @Test
    void pullsWithTheLoginLocksAndBuildsTheSameWithoutTheRegistry() throws Exception {
        Path first = directory.resolve("first");
        OsieBuild.Result built = build("cache", first).succeeded();

        assertThat(built.errors())
                .contains("image      " + host() + "/dhcp:1 is sha256:")
                .doesNotContain(PASSWORD);
        String lock = Files.readString(directory.resolve("osie.lock"));
        assertThat(lock)
                .contains("name: \"" + host() + "/kernel:1\"", "x86_64: sha256:")
                .doesNotContain("suites:", PASSWORD);
        assertThat(first.resolve("plain.yaml")).content().contains(host() + "/dhcp@sha256:");

        push("getty", "dhcp:1"); // the tag moves; the lock doesn't
        Path elsewhere = directory.resolve("elsewhere");
        build("another cache", elsewhere).succeeded();
        assertSame(first, elsewhere);

        registry.close();
        Path again = directory.resolve("again");
        build("cache", again).succeeded();
        assertSame(first, again);
    }

    @Test
    void anImageThatIsNotThereIsNamedWithItsPlace() throws Exception {
        Files.writeString(document, Files.readString(document).replace("/dhcp:1", "/dhpc:1"));

        OsieBuild.Result result = build("cache", directory.resolve("out"));

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.errors()).contains("plain.yml:4:26: There is no image " + host() + "/dhpc:1");
        assertThat(directory.resolve("osie.lock")).doesNotExist();
    }

    private OsieBuild.Result build(String cache, Path output) throws Exception {
        Path configuration = Files.createDirectories(directory.resolve("docker"));
        String login = Base64.getEncoder().encodeToString((USER + ":" + PASSWORD).getBytes(UTF_8));
        Files.writeString(
                configuration.resolve("config.json"),
                "{\"auths\": {\"" + host() + "\": {\"auth\": \"" + login + "\"}}}");
        return Project.checkout()
                .osieBuild()
                .cachingIn(directory.resolve(cache))
                .with("DOCKER_CONFIG", configuration.toString())
                .run("build", document.toString(), "--output", output.toString());
    }

    private void push(String image, String name) {
        try {
            HostTool.require("skopeo", "skopeo")
                    .run(
                            "copy",
                            "--dest-tls-verify=false",
                            "--dest-creds=" + USER + ":" + PASSWORD,
                            "oci:" + reference.cache().resolve("osie-build") + ":osie-build/" + image + ":x86_64",
                            "docker://" + host() + "/" + name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String host() {
        return "127.0.0.1:" + registry.port();
    }

    private static void assertSame(Path one, Path other) throws IOException {
        for (String name : new String[] {"vmlinuz-x86_64", "initramfs-x86_64", "plain.yaml", "manifest.json"}) {
            assertThat(Files.mismatch(one.resolve(name), other.resolve(name)))
                    .as("first byte at which %s differs", name)
                    .isEqualTo(-1);
        }
    }
}
