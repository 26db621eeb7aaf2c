package dev.osie.worker;

import dev.osie.worker.certificate.Trust;
import dev.osie.worker.console.Console;
import dev.osie.worker.file.FileTransport;
import dev.osie.worker.inventory.Detection;
import dev.osie.worker.inventory.SystemFiles;
import dev.osie.worker.settings.Authority;
import dev.osie.worker.settings.Settings;
import dev.osie.worker.workflow.Channels;
import dev.osie.worker.workflow.ProbingTransport;
import dev.osie.worker.workflow.Route;
import dev.osie.worker.workflow.StreamTransport;
import dev.osie.worker.workflow.Transport;
import dev.osie.worker.workflow.UnaryTransport;
import dev.osie.worker.workflow.WithoutTls;
import io.grpc.ManagedChannel;
import java.nio.file.Path;
import java.security.GeneralSecurityException;

/** Which transport the settings ask for. */
final class Transports {
    private Transports() {}

    static Transport create(Settings settings, Console console) throws GeneralSecurityException {
        if (settings.workflow().isPresent()) {
            Path workflow = settings.workflow().get();
            String id = settings.id().isPresent() ? settings.id().get() : "local";
            console.line("worker " + id + " taking the workflow in " + workflow);
            return new FileTransport(workflow, id, console);
        }
        Authority server = settings.server().orElseThrow();
        String id = settings.id().orElseThrow();
        console.line("worker " + id + " asking " + server);
        Detection detection = settings.attributeDetection()
                ? Detection.start(new SystemFiles(Path.of("/")), settings.inventory())
                : Detection.none();
        ManagedChannel channel = channel(settings, server, console);
        switch (settings.protocol()) {
            case ACTION:
                return new UnaryTransport(channel, id, detection);
            case STREAM:
                return new StreamTransport(channel, id, settings.registry());
            default:
                return new ProbingTransport(
                        new UnaryTransport(channel, id, detection),
                        new StreamTransport(channel, id, settings.registry()),
                        console);
        }
    }

    private static ManagedChannel channel(Settings settings, Authority server, Console console)
            throws GeneralSecurityException {
        Route route = Route.through(settings.proxy(), server.host(), server.port());
        if (route.proxy().isPresent()) {
            console.line("worker goes through the proxy " + route.proxy().get());
        }
        if (!settings.tls()) {
            // Docker speaks TLS to registries; containerd leaves that to this process.
            if (settings.containerd().isEmpty()) {
                WithoutTls.install();
            }
            return Channels.plaintext(route);
        }
        if (settings.skipVerify()) {
            return Channels.unverified(route);
        }
        if (settings.authorities().isPresent()) {
            Path file = settings.authorities().get();
            try {
                return Channels.trusting(route, file);
            } catch (GeneralSecurityException e) {
                console.line("worker " + e.getMessage() + "; taking the system's certificate authorities");
            }
        }
        try {
            return Channels.verified(route, Trust.places());
        } catch (GeneralSecurityException e) {
            console.line("worker " + e.getMessage() + "; taking Java's own certificate authorities");
            return Channels.verified(route);
        }
    }
}
