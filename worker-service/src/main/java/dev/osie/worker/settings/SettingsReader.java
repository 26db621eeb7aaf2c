package dev.osie.worker.settings;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Collects the settings from where they can be given. Later ones win: the kernel command line, environment variables with the
 * prefix {@code AGENT_}, flags, environment variables without prefix. That order is the Go agent's; an empty value is none.
 *
 * <p>A value that can't be used is a problem to show, and the setting stays at its default: a machine whose agent gives up on a
 * typing error is a machine somebody has to walk to.
 */
public final class SettingsReader {
    private static final String DEFAULT_SOCKET = "/var/run/docker.sock";
    private static final Path DEFAULT_LOG = Path.of("/var/log/tink-worker/worker.log");
    private static final int SYSLOG_PORT = 514;

    private final Path kernelCommandLine;
    private final Path networkInterfaces;
    private final Map<String, String> environment;
    private final List<String> arguments;

    /**
     * @param kernelCommandLine usually {@code /proc/cmdline}
     * @param networkInterfaces usually {@code /sys/class/net}
     */
    public SettingsReader(
            Path kernelCommandLine, Path networkInterfaces, Map<String, String> environment, List<String> arguments) {
        this.kernelCommandLine = kernelCommandLine;
        this.networkInterfaces = networkInterfaces;
        this.environment = Map.copyOf(environment);
        this.arguments = List.copyOf(arguments);
    }

    /** Reads everything anew. */
    public Settings read() {
        List<String> problems = new ArrayList<>();
        KernelCommandLine kernel = KernelCommandLine.read(kernelCommandLine);
        Map<Setting, String> values = new EnumMap<>(Setting.class);
        for (Setting setting : Setting.values()) {
            kernel.value(setting.parameter()).ifPresent(value -> values.put(setting, value));
            for (String flag : setting.flags()) {
                putVariable(values, setting, "AGENT_" + flag.replace('-', '_').toUpperCase(Locale.ROOT));
            }
        }
        new Flags(arguments, problems).into(values);
        for (Setting setting : Setting.values()) {
            for (int i = setting.variables().size() - 1; i >= 0; i--) {
                putVariable(values, setting, setting.variables().get(i));
            }
        }
        return new Settings(
                workflow(values, problems),
                authority(values, problems),
                truth(values, Setting.TLS, false, problems),
                truth(values, Setting.SKIP_VERIFY, false, problems),
                id(values, kernel),
                protocol(values, problems),
                Optional.ofNullable(values.get(Setting.REGISTRY)),
                login(values, problems),
                socket(values, problems),
                truth(values, Setting.ATTRIBUTES, true, problems),
                syslog(values, problems),
                log(values, problems),
                List.copyOf(problems));
    }

    private void putVariable(Map<Setting, String> values, Setting setting, String variable) {
        String value = environment.getOrDefault(variable, "");
        if (!value.isBlank()) {
            values.put(setting, value.strip());
        }
    }

    private static Optional<Path> workflow(Map<Setting, String> values, List<String> problems) {
        String transport = values.getOrDefault(Setting.TRANSPORT, "grpc");
        String path = values.getOrDefault(Setting.WORKFLOW, "");
        switch (transport) {
            case "file":
                if (path.startsWith("/")) {
                    return Optional.of(Path.of(path));
                }
                problems.add("workflow_transport is 'file' and workflow_path is '" + path
                        + "', expected the whole path of a file; asking the server instead");
                return Optional.empty();
            case "grpc":
                if (!path.isEmpty()) {
                    problems.add("workflow_path is not used without workflow_transport=file");
                }
                return Optional.empty();
            default:
                problems.add("workflow_transport is '" + transport + "', expected grpc or file; taking grpc");
                return Optional.empty();
        }
    }

    private static Optional<Authority> authority(Map<Setting, String> values, List<String> problems) {
        String text = values.get(Setting.AUTHORITY);
        if (text == null) {
            return Optional.empty();
        }
        Optional<Authority> authority = Authority.parse(text);
        if (authority.isEmpty()) {
            problems.add("grpc_authority is '" + text + "', expected HOST:PORT");
        }
        return authority;
    }

    private static boolean truth(
            Map<Setting, String> values, Setting setting, boolean otherwise, List<String> problems) {
        String text = values.getOrDefault(setting, String.valueOf(otherwise));
        // The spellings that Go's strconv.ParseBool takes, as the agent has always taken them.
        switch (text) {
            case "1", "t", "T", "true", "TRUE", "True":
                return true;
            case "0", "f", "F", "false", "FALSE", "False":
                return false;
            default:
                problems.add(setting.parameter() + " is '" + text + "', expected true or false; taking " + otherwise);
                return otherwise;
        }
    }

    private static Protocol protocol(Map<Setting, String> values, List<String> problems) {
        String text = values.getOrDefault(Setting.PROTOCOL, Protocol.AUTO.word());
        for (Protocol protocol : Protocol.values()) {
            if (protocol.word().equals(text)) {
                return protocol;
            }
        }
        problems.add("workflow_protocol is '" + text + "', expected auto, action or stream; taking auto");
        return Protocol.AUTO;
    }

    private Optional<String> id(Map<Setting, String> values, KernelCommandLine kernel) {
        String id = values.get(Setting.ID);
        if (id != null) {
            return Optional.of(id);
        }
        Optional<String> bootInterface = kernel.value("hw_addr");
        return bootInterface.isPresent() ? bootInterface : NetworkInterfaces.firstAddress(networkInterfaces);
    }

    private static Optional<RegistryLogin> login(Map<Setting, String> values, List<String> problems) {
        String user = values.get(Setting.REGISTRY_USER);
        String password = values.get(Setting.REGISTRY_PASSWORD);
        if (user == null && password == null) {
            return Optional.empty();
        }
        String registry = values.get(Setting.REGISTRY);
        if (registry == null || user == null || password == null) {
            problems.add("a registry login takes docker_registry, registry_username and registry_password;"
                    + " not all are given, so images are pulled without one");
            return Optional.empty();
        }
        int slash = registry.indexOf('/');
        return Optional.of(new RegistryLogin(slash < 0 ? registry : registry.substring(0, slash), user, password));
    }

    private static Optional<Authority> syslog(Map<Setting, String> values, List<String> problems) {
        String host = values.getOrDefault(Setting.SYSLOG, "");
        String port = values.getOrDefault(Setting.SYSLOG_PORT, Integer.toString(SYSLOG_PORT));
        if (host.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> server = Authority.host(host);
        if (server.isEmpty()) {
            problems.add("syslog_host is '" + host + "', expected a name or an address without port; sending nothing");
            return Optional.empty();
        }
        Optional<Integer> number = Authority.port(port);
        if (number.isEmpty()) {
            problems.add("syslog_port is '" + port + "', expected a number from 1 to 65535; taking " + SYSLOG_PORT);
        }
        return Optional.of(new Authority(server.get(), number.orElse(SYSLOG_PORT)));
    }

    private static Optional<Path> log(Map<Setting, String> values, List<String> problems) {
        String text = values.get(Setting.LOG);
        if (text == null) {
            return Files.isDirectory(DEFAULT_LOG.getParent()) ? Optional.of(DEFAULT_LOG) : Optional.empty();
        }
        if (!text.startsWith("/") && !text.equals("none")) {
            problems.add("worker_log is '" + text + "', expected the whole path of a file, or none; keeping no log");
        }
        return text.startsWith("/") ? Optional.of(Path.of(text)) : Optional.empty();
    }

    private static String socket(Map<Setting, String> values, List<String> problems) {
        String text = values.getOrDefault(Setting.DOCKER, DEFAULT_SOCKET);
        String path = text.startsWith("unix://") ? text.substring("unix://".length()) : text;
        if (!path.startsWith("/")) {
            problems.add("docker_host is '" + text + "', expected unix:///PATH; taking " + DEFAULT_SOCKET);
            return DEFAULT_SOCKET;
        }
        return path;
    }
}
