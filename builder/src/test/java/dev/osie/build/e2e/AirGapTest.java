package dev.osie.build.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two machines: one has a network, the other gets a file from it. */
@Tag("tools")
final class AirGapTest {
    @TempDir
    private Path directory;

    private Reference reference;
    private AirGap gap;
    private Path carried;

    @BeforeEach
    void open() throws Exception {
        reference = Reference.build();
        gap = AirGap.open();
        carried = directory.resolve("carried.tar");
    }

    @AfterEach
    void nobodyTriedToConnect() throws IOException {
        assertThat(gap.caught()).as("connections from behind the gap").isZero();
        gap.close();
    }

    @Test
    void aMachineWithoutANetworkBuildsTheSameBytes() throws Exception {
        Path packages = directory.resolve("packages only");
        reference.copyPackages(packages);
        Project.checkout()
                .osieBuild()
                .cachingIn(packages)
                .run(
                        "cache",
                        "export",
                        carried.toString(),
                        "hook",
                        "--lock",
                        reference.lock().toString())
                .succeeded();

        Project elsewhere = Project.checkout().copyTo(directory.resolve("another checkout"));
        Path lock = Files.copy(reference.lock(), directory.resolve("the.lock"));
        OsieBuild isolated = gap.behind(elsewhere
                .osieBuild()
                .cachingIn(directory.resolve("another cache"))
                .with("HOME", directory.resolve("nobody").toString())
                .with("TZ", "America/St_Johns")
                .with("LC_ALL", "C"));
        isolated.run("cache", "import", carried.toString()).succeeded();
        Path output = directory.resolve("output");
        isolated.run("build", "hook", "--offline", "--output", output.toString(), "--lock", lock.toString())
                .succeeded();

        assertSame(reference.output(), output);
    }

    @Test
    void imagesOfRegistriesTravelToo() throws Exception {
        Path online = directory.resolve("online");
        Path document = directory.resolve("plain.yml");
        try (Registry registry = Registry.start(directory)) {
            String host = "127.0.0.1:" + registry.port();
            Map.of("kernel-debian-lts", "kernel:1", "init", "init:1", "containerd", "containerd:1", "dhcp", "dhcp:1")
                    .forEach((image, name) -> push(image, host + "/" + name));
            Files.writeString(document, """
                    kernel: { image: HOST/kernel:1, cmdline: console=ttyS0 }
                    init: [HOST/init:1, HOST/containerd:1]
                    services:
                      - { name: dhcp, image: HOST/dhcp:1, net: host, capabilities: [CAP_NET_ADMIN] }
                    osie:
                      embed: [HOST/dhcp:1]
                    """.replace("HOST", host));
            OsieBuild connected = Project.checkout().osieBuild().cachingIn(directory.resolve("cache"));
            connected.run("fetch", document.toString()).succeeded();
            connected
                    .run("cache", "export", carried.toString(), document.toString(), "--offline")
                    .succeeded();
            connected
                    .run("build", document.toString(), "--output", online.toString())
                    .succeeded();
        }

        OsieBuild isolated = gap.behind(Project.checkout().osieBuild().cachingIn(directory.resolve("another cache")));
        isolated.run("cache", "import", carried.toString()).succeeded();
        Path output = directory.resolve("output");
        isolated.run("build", document.toString(), "--offline", "--output", output.toString())
                .succeeded();

        assertSame(online, output);
    }

    @Test
    void whatIsMissingIsToldAtOnceByEveryVerbThatBuilds() throws Exception {
        OsieBuild isolated = gap.behind(Project.checkout().osieBuild().cachingIn(directory.resolve("empty")));
        String lock = reference.lock().toString();
        for (List<String> verb : List.of(
                List.of("build", "hook"),
                List.of("compose", "hook"),
                List.of("fetch", "hook"),
                List.of("explain", "usr/bin/containerd", "hook"))) {
            String[] arguments = Stream.concat(verb.stream(), Stream.of("--offline", "--lock", lock))
                    .toArray(String[]::new);

            OsieBuild.Result result = isolated.run(arguments);

            assertThat(result.exitCode()).as(result.errors()).isEqualTo(3);
            assertThat(result.errors())
                    .contains("the package containerd ", "the package docker.io ", "the package linux-image-")
                    .contains("osie-build fetch hook --lock " + lock);
        }
        OsieBuild.Result result = isolated.run("lock", "hook", "--offline", "--lock", lock + ".new");
        assertThat(result.exitCode()).as(result.errors()).isEqualTo(3);
        assertThat(result.errors()).contains("the signed index of trixie");
    }

    private void push(String image, String name) {
        try {
            HostTool.require("skopeo", "skopeo")
                    .run(
                            "copy",
                            "--dest-tls-verify=false",
                            "oci:" + reference.cache().resolve("osie-build") + ":osie-build/" + image + ":x86_64",
                            "docker://" + name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void assertSame(Path one, Path other) throws IOException {
        assertThat(names(other)).isEqualTo(names(one)).isNotEmpty();
        for (String name : names(one)) {
            assertThat(Files.mismatch(one.resolve(name), other.resolve(name)))
                    .as("first byte at which %s differs", name)
                    .isEqualTo(-1);
        }
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
