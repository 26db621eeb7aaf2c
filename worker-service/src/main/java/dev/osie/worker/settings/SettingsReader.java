package dev.osie.worker.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Collects the settings from where they can be given. Later ones win: the kernel command line, environment variables with the
 * prefix {@code AGENT_}, flags, environment variables without prefix. That order is the Go agent's; an empty value is none.
 *
 * <p>A value that can't be used is a problem to show, and the one before it counts, or the default: a machine whose agent gives up on a
 * typing error is a machine somebody has to walk to.
 */
public final class SettingsReader {
    private static final String DEFAULT_SOCKET = "/var/run/docker.sock";
    private static final String DEFAULT_CONTAINERD = "/run/containerd/containerd.sock";
    private static final String DEFAULT_NAMESPACE = "tinkerbell";
    private static final Path DEFAULT_LOG = Path.of("/var/log/tink-worker/worker.log");
    private static final Path INVENTORY = Path.of("/var/log/tink-worker/inventory.json");
    private static final int SYSLOG_PORT = 514;

    private final Path kernelCommandLine;
    private final Path networkInterfaces;
    private final Path files;
    private final Map<String, String> environment;
    private final List<String> arguments;

    /**
     * @param kernelCommandLine usually {@code /proc/cmdline}
     * @param networkInterfaces usually {@code /sys/class/net}
     * @param files the directory with what the OSIE was built with for the pulling of images
     */
    public SettingsReader(
            Path kernelCommandLine,
            Path networkInterfaces,
            Path files,
            Map<String, String> environment,
            List<String> arguments) {
        this.kernelCommandLine = kernelCommandLine;
        this.networkInterfaces = networkInterfaces;
        this.files = files;
        this.environment = Map.copyOf(environment);
        this.arguments = List.copyOf(arguments);
    }

    /** Reads everything anew. */
    public Settings read() {
        List<String> problems = new ArrayList<>();
        GivenValues values = new GivenValues(problems);
        collect(values, problems);
        Optional<Authority> server =
                values.last(Setting.AUTHORITY, Format.AUTHORITY, "without one there is no server to ask");
        boolean tls = values.last(Setting.TLS, Format.TRUTH, "taking false").orElse(false);
        boolean skipVerify =
                values.last(Setting.SKIP_VERIFY, Format.TRUTH, "taking false").orElse(false);
        Optional<String> id = id(values);
        Optional<HttpProxy> proxy = proxy(Setting.PROXY, exceptions(values), values);
        Optional<ContainerdSettings> containerd = containerd(values, problems);
        Optional<String> registry = values.last(Setting.REGISTRY, Format.REGISTRY, "images are pulled without a login");
        return new Settings(
                workflow(values, problems),
                server,
                tls,
                skipVerify,
                authorities(tls, values, problems),
                proxy,
                id,
                values.last(Setting.PROTOCOL, Format.PROTOCOL, "taking auto").orElse(Protocol.AUTO),
                registry,
                login(registry, values, problems),
                values.last(Setting.IMAGE_PULL, Format.PULL_POLICY, "taking always")
                        .orElse(PullPolicy.ALWAYS),
                values.last(Setting.IMAGE_MIRRORS, Format.MIRRORS, "asking no mirror")
                        .orElse(List.of()),
                values.last(Setting.KEEP_FAILED, Format.TRUTH, "taking false").orElse(false),
                inDocker(agent(values, server, tls, skipVerify, id, registry), containerd, problems),
                values.last(Setting.DOCKER, Format.SOCKET, "taking " + DEFAULT_SOCKET)
                        .orElse(DEFAULT_SOCKET),
                containerd,
                values.last(Setting.ATTRIBUTES, Format.TRUTH, "taking true").orElse(true),
                syslog(values),
                log(values),
                inDirectory(INVENTORY),
                List.copyOf(problems));
    }

    private void collect(GivenValues values, List<String> problems) {
        KernelCommandLine kernel;
        try {
            kernel = KernelCommandLine.read(kernelCommandLine);
        } catch (IOException e) {
            problems.add("can't read the kernel command line: " + e);
            kernel = KernelCommandLine.parse("");
        }
        for (Setting setting : Setting.values()) {
            values.add(setting, kernel.value(setting.parameter()).orElse(""), "on the kernel command line");
            for (String flag : setting.flags()) {
                if (flag.length() > 1) {
                    addVariable(
                            values, setting, "AGENT_" + flag.replace('-', '_').toUpperCase(Locale.ROOT));
                }
            }
        }
        new Flags(arguments, problems).into(values);
        for (Setting setting : Setting.values()) {
            for (int i = setting.variables().size() - 1; i >= 0; i--) {
                addVariable(values, setting, setting.variables().get(i));
            }
        }
    }

    private void addVariable(GivenValues values, Setting setting, String variable) {
        values.add(setting, environment.getOrDefault(variable, "").strip(), "in the variable " + variable);
    }

    private static Optional<Path> workflow(GivenValues values, List<String> problems) {
        boolean file =
                values.last(Setting.TRANSPORT, Format.TRANSPORT, "taking grpc").orElse(false);
        Optional<Path> path = values.last(Setting.WORKFLOW, Format.PATH, "there is no workflow to take");
        if (file && path.isEmpty()) {
            problems.add("workflow_transport is 'file', and no usable workflow_path says which; asking the server");
        }
        if (!file && path.isPresent()) {
            problems.add("workflow_path is given without workflow_transport=file; asking the server");
        }
        return file ? path : Optional.empty();
    }

    private Optional<String> id(GivenValues values) {
        Optional<String> id = values.last(Setting.ID, Format.ID, "taking a MAC address");
        if (id.isPresent()) {
            return id;
        }
        Optional<String> bootInterface =
                values.last(Setting.BOOT_INTERFACE, Format.MAC, "taking that of the first interface with a link");
        return bootInterface.isPresent() ? bootInterface : NetworkInterfaces.firstAddress(networkInterfaces);
    }

    /** With the environment that Hook gives an agent, in which what isn't set is empty. */
    private Optional<AgentImage> agent(
            GivenValues values,
            Optional<Authority> server,
            boolean tls,
            boolean skipVerify,
            Optional<String> id,
            Optional<String> registry) {
        Optional<String> image = values.last(Setting.AGENT_IMAGE, Format.IMAGE_OR_NONE, "working itself")
                .orElse(Optional.empty());
        if (image.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new AgentImage(
                image.get(),
                List.of(
                        "DOCKER_REGISTRY=" + registry.orElse(""),
                        "REGISTRY_USERNAME=" + values.text(Setting.REGISTRY_USER),
                        "REGISTRY_PASSWORD=" + values.text(Setting.REGISTRY_PASSWORD),
                        "TINKERBELL_GRPC_AUTHORITY=" + (server.isPresent() ? server.get() : ""),
                        "TINKERBELL_TLS=" + tls,
                        "TINKERBELL_INSECURE_TLS=" + skipVerify,
                        "WORKER_ID=" + id.orElse(""),
                        "ID=" + id.orElse(""),
                        "HTTP_PROXY=" + values.text(Setting.HTTP_PROXY),
                        "HTTPS_PROXY=" + values.text(Setting.PROXY),
                        "NO_PROXY=" + values.text(Setting.NO_PROXY),
                        // For this program in that image: it would read the kernel command line and start another.
                        "AGENT_TINK_WORKER_IMAGE=none")));
    }

    /** Another agent is run in Docker, and looks for it. */
    private static Optional<AgentImage> inDocker(
            Optional<AgentImage> agent, Optional<ContainerdSettings> containerd, List<String> problems) {
        if (agent.isPresent() && containerd.isPresent()) {
            problems.add("tink_worker_image is " + agent.get() + ", an agent that needs Docker, and here is containerd;"
                    + " working itself");
            return Optional.empty();
        }
        return agent;
    }

    private static Optional<Path> authorities(boolean tls, GivenValues values, List<String> problems) {
        Optional<Path> file =
                values.last(Setting.AUTHORITIES, Format.PATH, "trusting the system's certificate authorities");
        if (file.isPresent() && !tls) {
            problems.add("tinkerbell_ca_file is given without tinkerbell_tls=true; speaking to the server without TLS");
        }
        return file;
    }

    private static ProxyExceptions exceptions(GivenValues values) {
        return values.last(Setting.NO_PROXY, Format.PROXY_EXCEPTIONS, "making no exceptions")
                .orElse(ProxyExceptions.NONE);
    }

    private static Optional<HttpProxy> proxy(Setting setting, ProxyExceptions exceptions, GivenValues values) {
        Optional<HttpProxy> proxy = values.last(setting, Format.PROXY, "going without a proxy");
        return proxy.isPresent() ? Optional.of(proxy.get().except(exceptions)) : proxy;
    }

    private static Optional<RegistryLogin> login(Optional<String> registry, GivenValues values, List<String> problems) {
        Optional<String> user = values.last(Setting.REGISTRY_USER, Format.ANY, "");
        Optional<String> password = values.last(Setting.REGISTRY_PASSWORD, Format.ANY, "");
        if (user.isEmpty() && password.isEmpty()) {
            return Optional.empty();
        }
        if (registry.isEmpty() || user.isEmpty() || password.isEmpty()) {
            problems.add("a registry login takes docker_registry, registry_username and registry_password;"
                    + " not all are given, so images are pulled without one");
            return Optional.empty();
        }
        int slash = registry.get().indexOf('/');
        String host = slash < 0 ? registry.get() : registry.get().substring(0, slash);
        return Optional.of(new RegistryLogin(host, user.get(), password.get()));
    }

    private Optional<ContainerdSettings> containerd(GivenValues values, List<String> problems) {
        if (!values.last(Setting.RUNTIME, Format.RUNTIME, "taking docker").orElse(false)) {
            return Optional.empty();
        }
        GivenValues pulling = new SettingFiles(files, problems).below(values);
        ProxyExceptions exceptions = exceptions(pulling);
        return Optional.of(new ContainerdSettings(
                values.last(Setting.CONTAINERD, Format.SOCKET, "taking " + DEFAULT_CONTAINERD)
                        .orElse(DEFAULT_CONTAINERD),
                values.last(Setting.CONTAINERD_NAMESPACE, Format.NAMESPACE, "taking " + DEFAULT_NAMESPACE)
                        .orElse(DEFAULT_NAMESPACE),
                pulling.last(Setting.HUB_MIRRORS, Format.MIRROR_ADDRESSES, "asking no mirror")
                        .orElse(List.of()),
                pulling.last(
                                Setting.INSECURE_REGISTRIES,
                                Format.REGISTRIES,
                                "asking every registry for its certificate")
                        .orElse(List.of()),
                new RegistryProxies(
                        proxy(Setting.PROXY, exceptions, pulling), proxy(Setting.HTTP_PROXY, exceptions, pulling))));
    }

    private static Optional<Authority> syslog(GivenValues values) {
        Optional<String> host = values.last(Setting.SYSLOG, Format.HOST, "sending nothing");
        int port = values.last(Setting.SYSLOG_PORT, Format.PORT, "taking " + SYSLOG_PORT)
                .orElse(SYSLOG_PORT);
        return host.isEmpty() ? Optional.empty() : Optional.of(new Authority(host.get(), port));
    }

    private static Optional<Path> log(GivenValues values) {
        Optional<Optional<Path>> given = values.last(Setting.LOG, Format.PATH_OR_NONE, "taking the usual one");
        if (given.isPresent()) {
            return given.get();
        }
        return inDirectory(DEFAULT_LOG);
    }

    /** The file, where its directory is there: the image's piece makes it. */
    private static Optional<Path> inDirectory(Path file) {
        return Files.isDirectory(file.getParent()) ? Optional.of(file) : Optional.empty();
    }
}
