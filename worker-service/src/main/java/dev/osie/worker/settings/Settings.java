package dev.osie.worker.settings;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the worker was told.
 *
 * @param workflow the file to take the actions from, in place of a server
 * @param server the workflow server; empty when none was given
 * @param tls whether the server is spoken to over TLS
 * @param skipVerify whether any certificate will do
 * @param authorities the file with the certificate authorities to trust; empty for those of the system
 * @param proxy the HTTP proxy to reach the server through; empty for none
 * @param id who this worker is to the server; empty when nothing was given and no network interface is there yet
 * @param protocol how the server is spoken to
 * @param registry what images of the older protocol are relative to
 * @param registryLogin the login for the registry that needs one
 * @param pullPolicy when actions' images are pulled
 * @param mirrors registries that are asked for images before the images' own, in this order
 * @param keepFailed whether the containers of actions that fail are kept
 * @param agent the agent that is to work in place of this one; empty for none
 * @param dockerSocket path of the Unix socket where Docker listens
 * @param containerd how containerd is to run the actions; empty when Docker is to
 * @param attributeDetection whether the server is told what the machine is made of
 * @param syslog the syslog server; empty for none
 * @param log the file that the console's lines are kept in; empty for none
 * @param inventory the file that the inventory is written to; empty for none
 * @param problems what was given but can't be used, one sentence each
 */
public record Settings(
        Optional<Path> workflow,
        Optional<Authority> server,
        boolean tls,
        boolean skipVerify,
        Optional<Path> authorities,
        Optional<HttpProxy> proxy,
        Optional<String> id,
        Protocol protocol,
        Optional<String> registry,
        Optional<RegistryLogin> registryLogin,
        PullPolicy pullPolicy,
        List<RegistryMirror> mirrors,
        boolean keepFailed,
        Optional<AgentImage> agent,
        String dockerSocket,
        Optional<ContainerdSettings> containerd,
        boolean attributeDetection,
        Optional<Authority> syslog,
        Optional<Path> log,
        Optional<Path> inventory,
        List<String> problems) {}
