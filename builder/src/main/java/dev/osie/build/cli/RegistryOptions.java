package dev.osie.build.cli;

import dev.osie.build.oci.registry.RegistrySettings;
import java.util.List;
import picocli.CommandLine.Option;

/** Which servers are asked for images. */
final class RegistryOptions {
    @Option(
            names = "--registry-mirror",
            paramLabel = "REGISTRY=MIRROR",
            description = "A server that is asked for a registry's images before it: docker.io=mirror.lab:5000."
                    + " May be given several times; they are asked in order.")
    private List<String> registryMirrors = List.of();

    @Option(
            names = "--insecure-registry",
            paramLabel = "HOST[:PORT]",
            description = "A registry or mirror that may be spoken to without TLS. One on this machine always may.")
    private List<String> insecureRegistries = List.of();

    RegistrySettings settings() {
        return RegistrySettings.of(registryMirrors, insecureRegistries);
    }
}
