package dev.osie.worker.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsReaderTest {
    /** Those that are read with containerd alone. */
    private static final Set<Setting> CONTAINERDS = EnumSet.of(
            Setting.CONTAINERD, Setting.CONTAINERD_NAMESPACE, Setting.HUB_MIRRORS, Setting.INSECURE_REGISTRIES);

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
    void dockerIsTheRuntimeUnlessContainerdIsAskedFor() throws IOException {
        assertThat(read("", Map.of()).containerd()).isEmpty();
        assertThat(read("registry_mirrors=http://m", Map.of()).containerd()).isEmpty();
        assertThat(read("worker_runtime=containerd", Map.of()).containerd())
                .contains(new ContainerdSettings(
                        "/run/containerd/containerd.sock", "tinkerbell", List.of(), List.of(), RegistryProxies.NONE));

        Settings settings = read(
                "registry_mirrors=http://192.0.2.1:5000,https://m.example/hub/ insecure_registries=192.0.2.1:5000,r.lab",
                Map.of("AGENT_RUNTIME", "containerd", "AGENT_CONTAINERD_NAMESPACE", "lab"),
                "-containerd-socket",
                "/c.sock");
        assertThat(settings.containerd())
                .contains(new ContainerdSettings(
                        "/c.sock",
                        "lab",
                        List.of(URI.create("http://192.0.2.1:5000"), URI.create("https://m.example/hub")),
                        List.of("192.0.2.1:5000", "r.lab"),
                        RegistryProxies.NONE));
        assertThat(settings.problems()).isEmpty();
    }

    @Test
    void registriesHaveAProxyForTlsAndOneForTheClear() throws IOException {
        RegistryProxies proxies = read(
                        "worker_runtime=containerd HTTPS_PROXY=http://192.0.2.1:3128 HTTP_PROXY=192.0.2.2 NO_PROXY=.lab,[2001:db8::1]:5000",
                        Map.of())
                .containerd()
                .orElseThrow()
                .proxies();

        assertThat(proxies.of(new URL("https://registry.example/v2/")).map(HttpProxy::toString))
                .contains("http://192.0.2.1:3128");
        assertThat(proxies.of(new URL("http://registry.example:5000")).map(HttpProxy::toString))
                .contains("http://192.0.2.2:80");
        assertThat(proxies.of(new URL("https://r.lab"))).isEmpty();
        assertThat(proxies.of(new URL("http://[2001:db8::1]:5000"))).isEmpty();
        assertThat(proxies.of(new URL("http://[2001:db8::1]"))).isPresent();
    }

    @Test
    void containerdRunsNoOtherAgent() throws IOException {
        String kernel = "tink_worker_image=registry.lab/agent:1 ";

        assertThat(read(kernel, Map.of()).agent()).isPresent();
        Settings settings = read(kernel + "worker_runtime=containerd", Map.of());
        assertThat(settings.agent()).isEmpty();
        assertThat(settings.problems())
                .containsExactly("tink_worker_image is registry.lab/agent:1, an agent that needs Docker,"
                        + " and here is containerd; working itself");
    }

    @Test
    void whatContainerdCannotUseIsNamedAndWithDockerNobodyAsks() throws IOException {
        String kernel =
                "containerd_socket=tcp://a containerd_namespace=-a registry_mirrors=m.example insecure_registries=a/b";

        assertThat(read(kernel, Map.of()).problems()).isEmpty();
        Settings settings = read(kernel + " worker_runtime=containerd", Map.of());

        assertThat(settings.problems())
                .containsExactly(
                        "containerd_socket is 'tcp://a' on the kernel command line, expected unix:///PATH;"
                                + " taking /run/containerd/containerd.sock",
                        "containerd_namespace is '-a' on the kernel command line, expected a name of letters, digits and"
                                + " dashes; taking tinkerbell",
                        "registry_mirrors is 'm.example' on the kernel command line, expected http://HOST or https://HOST,"
                                + " several with commas between; asking no mirror",
                        "insecure_registries is 'a/b' on the kernel command line, expected HOST or HOST:PORT, several with"
                                + " commas between; asking every registry for its certificate");
        assertThat(settings.containerd())
                .isEqualTo(read("worker_runtime=containerd", Map.of()).containerd());
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "grpc_authority=http://192.0.2.1 | expected HOST:PORT; without one there is no server to ask",
                "grpc_authority=192.0.2.1:99999 | expected HOST:PORT",
                "tinkerbell_tls=yes | expected true or false; taking false",
                "tinkerbell_insecure_tls=2 | expected true or false; taking false",
                "attribute_detection=off | expected true or false; taking true",
                "tinkerbell_ca_file=ca.pem | expected the whole path of a file; trusting the system's",
                "HTTPS_PROXY=socks5://192.0.2.1:1080 | expected http://[USER:PASSWORD@]HOST[:PORT]; going without a proxy",
                "NO_PROXY=10.0.0.0/33 | expected hosts, domains, addresses and networks with commas; making no exceptions",
                "worker_id=${mac} | expected a name without blanks, $ and braces, of at most 253 characters; taking a MAC",
                "worker_id=a b | expected a name without blanks",
                "hw_addr=eth0 | expected a MAC address such as 02:42:ac:11:00:02; taking that of the first interface",
                "docker_registry=https://a.example | expected HOST, HOST:PORT or HOST/PATH, without https://; images are",
                "image_pull=sometimes | expected always, missing or never; taking always",
                "image_mirrors=a.example,,b.example | expected [REGISTRY=]HOST[:PORT][/PATH],…; asking no mirror",
                "image_mirrors=https://a.example | expected [REGISTRY=]HOST[:PORT][/PATH],…; asking no mirror",
                "keep_failed=yes | expected true or false; taking false",
                "tink_worker_image=https://ghcr.example/a | expected the name of an image, or none; working itself",
                "worker_runtime=podman | expected docker or containerd; taking docker",
                "docker_host=tcp://192.0.2.1:2375 | expected unix:///PATH; taking /var/run/docker.sock",
                "workflow_protocol=v2 | expected auto, action or stream; taking auto",
                "workflow_transport=nats | expected grpc or file; taking grpc",
                "workflow_path=a.yaml | expected the whole path of a file; there is no workflow to take",
                "syslog_host=udp://192.0.2.1 | expected a name or an address without port; sending nothing",
                "syslog_host=192.0.2.1:514 | expected a name or an address without port; sending nothing",
                "syslog_port=0x202 | expected a number from 1 to 65535; taking 514",
                "worker_log=log.txt | expected the whole path of a file, or none; taking the usual one"
            })
    void eachSettingThatCannotBeUsedIsOneLineAndTheDefaultHolds(String parameter, String expected) throws IOException {
        String[] nameAndValue = parameter.split("=", 2);
        Settings settings = read(nameAndValue[0] + "=\"" + nameAndValue[1] + "\"", Map.of());

        assertThat(settings.problems())
                .singleElement()
                .asString()
                .startsWith(nameAndValue[0] + " is '" + nameAndValue[1] + "' on the kernel command line, expected ")
                .contains(expected);
        assertThat(settings)
                .usingRecursiveComparison()
                .ignoringFields("problems")
                .isEqualTo(read("", Map.of()));
    }

    @Test
    void readsTheProxyAndItsExceptions() throws IOException {
        HttpProxy proxy = read(
                        "HTTPS_PROXY=http://192.0.2.1 NO_PROXY=kernel.example",
                        Map.of(
                                "https_proxy",
                                "http://lower.example",
                                "HTTPS_PROXY",
                                "http://u%40:s3cret@[2001:db8::1]:3128/"))
                .proxy()
                .orElseThrow();

        assertThat(proxy.server()).isEqualTo(new Authority("2001:db8::1", 3128));
        assertThat(proxy.user()).isEqualTo("u@");
        assertThat(proxy.password()).isEqualTo("s3cret");
        assertThat(proxy.toString()).isEqualTo("http://[2001:db8::1]:3128");
        assertThat(proxy.isFor("kernel.example", 42113)).isFalse();
        assertThat(read("HTTPS_PROXY=proxy.example:3128", Map.of()).proxy().map(HttpProxy::server))
                .contains(new Authority("proxy.example", 3128));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lab.example | lab.example, a.lab.example | xlab.example, example",
                ".lab.example | a.lab.example | lab.example",
                "*.lab.example | A.LAB.example | lab.example",
                "192.0.2.0/25,10.0.0.1 | 192.0.2.127, 10.0.0.1 | 192.0.2.128, 10.0.0.2, 2001:db8::1",
                "2001:db8::/33 | 2001:db8:1::1 | 2001:db8:8000::1, 192.0.2.1",
                "lab.example:42113 | lab.example | other.example",
                "lab.example:1 | localhost, 127.0.0.5, ::1 | lab.example",
                "* | anything.example, 192.0.2.1 | "
            })
    void exceptionsOfTheProxyAreThoseOfGosPrograms(String list, String without, String through) throws IOException {
        HttpProxy proxy = read("HTTPS_PROXY=http://192.0.2.1:3128 NO_PROXY=" + list, Map.of())
                .proxy()
                .orElseThrow();

        assertThat(without.split(", ")).noneMatch(host -> proxy.isFor(host, 42113));
        assertThat(through == null ? new String[0] : through.split(", ")).allMatch(host -> proxy.isFor(host, 42113));
    }

    @Test
    void anotherAgentGetsWhatHookWouldGiveIt() throws IOException {
        AgentImage agent = read(
                        "tink_worker_image=ghcr.example/tink-agent:v1 grpc_authority=192.0.2.1 tinkerbell_tls=false worker_id=w"
                                + " docker_registry=a.example registry_username=u registry_password=s3cret"
                                + " HTTP_PROXY=http://192.0.2.3 HTTPS_PROXY=http://192.0.2.3 NO_PROXY=.lab",
                        Map.of())
                .agent()
                .orElseThrow();

        assertThat(agent.image()).isEqualTo("ghcr.example/tink-agent:v1");
        assertThat(agent.environment())
                .containsExactly(
                        "DOCKER_REGISTRY=a.example",
                        "REGISTRY_USERNAME=u",
                        "REGISTRY_PASSWORD=s3cret",
                        "TINKERBELL_GRPC_AUTHORITY=192.0.2.1:42113",
                        "TINKERBELL_TLS=false",
                        "TINKERBELL_INSECURE_TLS=false",
                        "WORKER_ID=w",
                        "ID=w",
                        "HTTP_PROXY=http://192.0.2.3",
                        "HTTPS_PROXY=http://192.0.2.3",
                        "NO_PROXY=.lab",
                        "AGENT_TINK_WORKER_IMAGE=none");
        assertThat(agent.toString()).doesNotContain("s3cret");
        assertThat(read("tink_worker_image=a", Map.of("AGENT_TINK_WORKER_IMAGE", "none"))
                        .agent())
                .isEmpty();
    }

    @Test
    void aCertificateFileWithoutTlsIsSaid() throws IOException {
        assertThat(read("tinkerbell_ca_file=/ca.pem", Map.of()).problems())
                .singleElement()
                .asString()
                .startsWith("tinkerbell_ca_file is given without tinkerbell_tls=true");
    }

    @Test
    void readsWhereImagesComeFrom() throws IOException {
        Settings settings = read(
                "image_pull=if-not-present image_mirrors=docker.io=cache.example:5000/hub,all.example",
                Map.of(),
                "-keep-failed");

        assertThat(settings.pullPolicy()).isEqualTo(PullPolicy.MISSING);
        assertThat(settings.mirrors())
                .containsExactly(
                        new RegistryMirror(Optional.of("docker.io"), "cache.example:5000/hub"),
                        new RegistryMirror(Optional.empty(), "all.example"));
        assertThat(settings.keepFailed()).isTrue();
        assertThat(settings.problems()).isEmpty();
    }

    /** A setting that is added is tried with a value that can't be used as well. */
    @Test
    void theTableAboveHasEverySettingThatCanBeWrong() throws Exception {
        String table = String.join(
                "\n",
                SettingsReaderTest.class
                        .getDeclaredMethod(
                                "eachSettingThatCannotBeUsedIsOneLineAndTheDefaultHolds", String.class, String.class)
                        .getAnnotation(CsvSource.class)
                        .value());

        assertThat(Setting.values())
                .filteredOn(setting -> setting != Setting.REGISTRY_USER
                        && setting != Setting.REGISTRY_PASSWORD
                        && setting != Setting.HTTP_PROXY
                        && !CONTAINERDS.contains(setting))
                .allMatch(setting -> table.contains(setting.parameter() + "="));
    }

    @Test
    void theValueOfAnEarlierPlaceHoldsWhenTheLaterOneCannotBeUsed() throws IOException {
        Settings settings = read(
                "tinkerbell_tls=true grpc_authority=192.0.2.1",
                Map.of("AGENT_GRPC_SERVER", "192.0.2.2:x", "TINKERBELL_TLS", "on"),
                "-grpc-server",
                "://");

        assertThat(settings.server()).contains(new Authority("192.0.2.1", 42113));
        assertThat(settings.tls()).isTrue();
        assertThat(settings.problems())
                .containsExactly(
                        "grpc_authority is '://' in the flag -grpc-server, expected HOST:PORT;"
                                + " trying the one in the variable AGENT_GRPC_SERVER",
                        "grpc_authority is '192.0.2.2:x' in the variable AGENT_GRPC_SERVER, expected HOST:PORT;"
                                + " trying the one on the kernel command line",
                        "tinkerbell_tls is 'on' in the variable TINKERBELL_TLS, expected true or false;"
                                + " trying the one on the kernel command line");
    }

    @Test
    void readsTheSettingsOfFileAndJournals() throws IOException {
        Settings settings = read(
                "workflow_transport=file workflow_path=/worker/w.yaml syslog_host=[2001:db8::1] syslog_port=5140"
                        + " worker_log=none workflow_protocol=stream attribute_detection=0",
                Map.of());

        assertThat(settings.workflow()).contains(Path.of("/worker/w.yaml"));
        assertThat(settings.syslog()).contains(new Authority("2001:db8::1", 5140));
        assertThat(settings.log()).isEmpty();
        assertThat(settings.protocol()).isEqualTo(Protocol.STREAM);
        assertThat(settings.attributeDetection()).isFalse();
        assertThat(settings.problems()).isEmpty();
    }

    @Test
    void anEmptySyslogHostIsNone() throws IOException {
        assertThat(read("syslog_host= syslog_port=", Map.of()).syslog()).isEmpty();
        assertThat(read("syslog_host=192.0.2.1", Map.of()).syslog()).contains(new Authority("192.0.2.1", 514));
    }

    @Test
    void aWorkflowPathWithoutItsTransportAndTheOtherWayRoundAreSaid() throws IOException {
        assertThat(read("workflow_path=/w.yaml", Map.of()).problems())
                .containsExactly("workflow_path is given without workflow_transport=file; asking the server");
        Settings settings = read("workflow_transport=file", Map.of());
        assertThat(settings.workflow()).isEmpty();
        assertThat(settings.problems())
                .containsExactly(
                        "workflow_transport is 'file', and no usable workflow_path says which; asking the server");
    }

    @Test
    void aCommandLineThatCannotBeReadIsSaidAndTheOtherPlacesCount() {
        Settings settings = new SettingsReader(
                        directory.resolve("none"), interfaces, directory, Map.of("WORKER_ID", "w"), List.of())
                .read();

        assertThat(settings.id()).contains("w");
        assertThat(settings.problems()).singleElement().asString().startsWith("can't read the kernel command line: ");
    }

    @Test
    void aLongValueIsCutAndWhatMayBeALoginIsLeftOut() throws IOException {
        Settings settings =
                read("grpc_authority=https://u:s3cret@192.0.2.1 tinkerbell_tls=" + "x".repeat(500), Map.of());

        assertThat(settings.problems())
                .hasSize(2)
                .allMatch(problem -> problem.length() < 200)
                .noneMatch(problem -> problem.contains("s3cret"));
    }

    @Test
    void theFlagsOfTheOlderWorkerAreKnown() throws IOException {
        Settings settings = read("", Map.of(), "-i", "w", "-r", "a.example", "-u", "u", "-p", "-s3cret");

        assertThat(settings.id()).contains("w");
        assertThat(settings.registryLogin()).contains(new RegistryLogin("a.example", "u", "-s3cret"));
        assertThat(settings.problems()).isEmpty();
    }

    @Test
    void aFlagWithoutItsValueIsSaid() throws IOException {
        assertThat(read("", Map.of(), "-grpc-server").problems())
                .containsExactly("the flag -grpc-server has no value and is ignored");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-ps3cret", "--S3cret", "s3cret", "-registry-pas=s3cret", "-registry-passw0rd-s3cret"})
    void noArgumentIsRepeatedThatMayHoldASecret(String argument) throws IOException {
        assertThat(read("", Map.of(), argument).problems())
                .singleElement()
                .asString()
                .doesNotContainIgnoringCase("s3cret")
                .contains("ignored");
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
        return new SettingsReader(commandLine, interfaces, directory, environment, List.of(flags)).read();
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
