package dev.osie.worker.settings;

import java.util.List;

/** What can be set, under the names that Tinkerbell's Go agents and the kernel parameters of its netboot service use. */
enum Setting {
    AUTHORITY("grpc_authority", List.of("grpc-server", "tinkerbell-grpc-authority"), "TINKERBELL_GRPC_AUTHORITY"),
    TLS("tinkerbell_tls", List.of("grpc-tls", "tinkerbell-tls"), "TINKERBELL_TLS"),
    SKIP_VERIFY(
            "tinkerbell_insecure_tls",
            List.of("grpc-insecure-tls", "tinkerbell-insecure-tls"),
            "TINKERBELL_INSECURE_TLS"),
    AUTHORITIES("tinkerbell_ca_file", List.of("grpc-ca-file", "tinkerbell-ca-file"), "TINKERBELL_CA_FILE"),
    PROXY("HTTPS_PROXY", List.of("https-proxy"), "HTTPS_PROXY", "https_proxy"),
    /** To registries that speak no TLS, and for an agent that works in place of this one. */
    HTTP_PROXY("HTTP_PROXY", List.of(), "HTTP_PROXY", "http_proxy"),
    NO_PROXY("NO_PROXY", List.of("no-proxy"), "NO_PROXY", "no_proxy"),
    ID("worker_id", List.of("id", "i"), "WORKER_ID", "ID"),
    BOOT_INTERFACE("hw_addr", List.of()),
    REGISTRY("docker_registry", List.of("registry-name", "docker-registry", "r"), "DOCKER_REGISTRY"),
    REGISTRY_USER("registry_username", List.of("registry-user", "registry-username", "u"), "REGISTRY_USERNAME"),
    REGISTRY_PASSWORD("registry_password", List.of("registry-pass", "registry-password", "p"), "REGISTRY_PASSWORD"),
    IMAGE_PULL("image_pull", List.of("image-pull")),
    IMAGE_MIRRORS("image_mirrors", List.of("image-mirrors")),
    KEEP_FAILED("keep_failed", List.of("keep-failed")),
    AGENT_IMAGE("tink_worker_image", List.of("tink-worker-image")),
    DOCKER("docker_host", List.of("docker-socket"), "DOCKER_HOST"),
    RUNTIME("worker_runtime", List.of("runtime")),
    CONTAINERD("containerd_socket", List.of("containerd-socket")),
    CONTAINERD_NAMESPACE("containerd_namespace", List.of("containerd-namespace")),
    HUB_MIRRORS("registry_mirrors", List.of("registry-mirrors")),
    INSECURE_REGISTRIES("insecure_registries", List.of("insecure-registries")),
    ATTRIBUTES("attribute_detection", List.of("attribute-detection")),
    PROTOCOL("workflow_protocol", List.of("workflow-protocol")),
    TRANSPORT("workflow_transport", List.of("transport")),
    WORKFLOW("workflow_path", List.of("workflow-path")),
    SYSLOG("syslog_host", List.of("syslog-host")),
    SYSLOG_PORT("syslog_port", List.of("syslog-port")),
    LOG("worker_log", List.of("log-file"));

    private final String parameter;
    private final List<String> flags;
    private final List<String> variables;

    /** @param variables environment variables without the agent's prefix, the one that wins first */
    Setting(String parameter, List<String> flags, String... variables) {
        this.parameter = parameter;
        this.flags = flags;
        this.variables = List.of(variables);
    }

    /** Name on the kernel command line. */
    String parameter() {
        return parameter;
    }

    /** Names as a flag, without dashes before; with {@code AGENT_} before and in capitals also environment variables. */
    List<String> flags() {
        return flags;
    }

    /** Environment variables that win over everything else. */
    List<String> variables() {
        return variables;
    }

    boolean isSwitch() {
        return this == TLS || this == SKIP_VERIFY || this == ATTRIBUTES || this == KEEP_FAILED;
    }
}
