package dev.osie.worker.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsReaderTest {
    @TempDir
    private Path directory;

    private Path interfaces;

    @BeforeEach
    void createInterfaces() throws IOException {
        interfaces = Files.createDirectory(directory.resolve("net"));
    }

    @Test
    void readsWhatTheNetbootServicePutsOnTheKernelCommandLine() throws IOException {
        Settings settings = read(
                "facility= syslog_host=192.0.2.1 grpc_authority=192.0.2.1:42113 tinkerbell_tls=false"
                        + " tinkerbell_insecure_tls=false worker_id=02:42:ac:11:00:02 hw_addr=02:42:ac:11:00:02"
                        + " modules=loop,squashfs initrd=initramfs-x86_64 console=tty0 console=ttyS1,115200",
                Map.of());

        assertThat(settings.server()).contains(new Authority("192.0.2.1", 42113));
        assertThat(settings.id()).contains("02:42:ac:11:00:02");
        assertThat(settings.tls()).isFalse();
        assertThat(settings.problems()).isEmpty();
    }

    @Test
    void laterSourcesWin() throws IOException {
        String kernel = "worker_id=kernel";

        assertThat(read(kernel, Map.of("AGENT_ID", "agent")).id()).contains("agent");
        assertThat(read(kernel, Map.of("AGENT_ID", "agent"), "-id", "flag").id())
                .contains("flag");
        assertThat(read(kernel, Map.of("ID", "id"), "--id=flag").id()).contains("id");
        assertThat(read(kernel, Map.of("ID", "id", "WORKER_ID", "worker"), "-id=flag")
                        .id())
                .contains("worker");
    }

    @Test
    void anEmptyVariableDoesNotHideAnEarlierValue() throws IOException {
        assertThat(read("worker_id=kernel", Map.of("WORKER_ID", "")).id()).contains("kernel");
    }

    @Test
    void aSwitchWithoutValueIsOn() throws IOException {
        Settings settings =
                read("", Map.of(), "-grpc-tls", "-grpc-server", "192.0.2.1:1", "-tinkerbell-insecure-tls=false");

        assertThat(settings.tls()).isTrue();
        assertThat(settings.skipVerify()).isFalse();
        assertThat(settings.server()).contains(new Authority("192.0.2.1", 1));
    }

    @Test
    void namesWhatItCannotUseAndGoesOn() throws IOException {
        Settings settings = read(
                "grpc_authority=http://192.0.2.1 tinkerbell_tls=yes docker_host=tcp://192.0.2.1:2375",
                Map.of(),
                "-log-level",
                "1");

        assertThat(settings.server()).isEmpty();
        assertThat(settings.tls()).isFalse();
        assertThat(settings.dockerSocket()).isEqualTo("/var/run/docker.sock");
        assertThat(settings.problems()).hasSize(4).anyMatch(problem -> problem.contains("grpc_authority"));
    }

    @Test
    void aLoginIsForItsRegistryAndNeverShown() throws IOException {
        Settings settings = read(
                "docker_registry=registry.example:5000/osie registry_username=u registry_password=s3cret=", Map.of());

        assertThat(settings.registryLogin()).contains(new RegistryLogin("registry.example:5000", "u", "s3cret="));
        assertThat(settings.toString()).doesNotContain("s3cret");
    }

    @Test
    void aLoginWithoutRegistryIsNotUsed() throws IOException {
        Settings settings = read("registry_username=u registry_password=s3cret", Map.of());

        assertThat(settings.registryLogin()).isEmpty();
        assertThat(settings.problems()).singleElement().asString().doesNotContain("s3cret");
    }

    @Test
    void anUnknownFlagIsNamedWithoutItsValue() throws IOException {
        assertThat(read("", Map.of(), "-registry-passw=s3cret", "-x", "s3cret").problems())
                .hasSize(2)
                .noneMatch(problem -> problem.contains("s3cret"));
    }

    @Test
    void withoutAnIdTheBootInterfaceServes() throws IOException {
        networkInterface("eth0", 2, "02:00:00:00:00:01", "1", true);

        assertThat(read("hw_addr=02:00:00:00:00:09", Map.of()).id()).contains("02:00:00:00:00:09");
    }

    @Test
    void elseThePhysicalInterfaceThatHasALink() throws IOException {
        networkInterface("lo", 1, "00:00:00:00:00:00", "1", false);
        networkInterface("docker0", 2, "02:42:00:00:00:01", "1", false);
        networkInterface("eth0", 3, "02:00:00:00:00:01", "0", true);
        networkInterface("eth1", 4, "02:00:00:00:00:02", "1", true);
        networkInterface("eth2", 5, "02:00:00:00:00:03", "1", true);

        assertThat(read("", Map.of()).id()).contains("02:00:00:00:00:02");
    }

    @Test
    void elseTheFirstPhysicalInterface() throws IOException {
        networkInterface("eth10", 10, "02:00:00:00:00:02", "0", true);
        networkInterface("eth9", 9, "02:00:00:00:00:01", "0", true);

        assertThat(read("", Map.of()).id()).contains("02:00:00:00:00:01");
    }

    @Test
    void thereMayBeNoIdYet() throws IOException {
        assertThat(read("", Map.of()).id()).isEmpty();
    }

    private Settings read(String kernel, Map<String, String> environment, String... flags) throws IOException {
        Path commandLine = Files.writeString(directory.resolve("cmdline"), kernel + "\n");
        return new SettingsReader(commandLine, interfaces, environment, List.of(flags)).read();
    }

    private void networkInterface(String name, int index, String address, String carrier, boolean device)
            throws IOException {
        Path path = Files.createDirectory(interfaces.resolve(name));
        Files.writeString(path.resolve("ifindex"), index + "\n");
        Files.writeString(path.resolve("address"), address + "\n");
        Files.writeString(path.resolve("carrier"), carrier + "\n");
        if (device) {
            Files.createDirectory(path.resolve("device"));
        }
    }
}
