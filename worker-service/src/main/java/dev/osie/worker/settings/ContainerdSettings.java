package dev.osie.worker.settings;

import java.net.URI;
import java.util.List;

/**
 * How containerd runs the actions. Docker knows itself what is said here of registries.
 *
 * @param socket path of the Unix socket where it listens
 * @param namespace of its own, in which the actions' containers and images are
 * @param hubMirrors what is asked before Docker Hub
 * @param insecureRegistries hosts with their ports
 * @param proxies what registries are reached through
 */
public record ContainerdSettings(
        String socket,
        String namespace,
        List<URI> hubMirrors,
        List<String> insecureRegistries,
        RegistryProxies proxies) {}
