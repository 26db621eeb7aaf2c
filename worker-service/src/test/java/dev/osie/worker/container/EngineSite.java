package dev.osie.worker.container;

import dev.osie.worker.certificate.SelfSigned;
import dev.osie.worker.console.Console;
import dev.osie.worker.docker.ImageRegistry;
import dev.osie.worker.settings.RegistryLogin;
import java.util.List;
import java.util.Optional;

/** A container engine of a test's own, and a registry with an image for it. */
public interface EngineSite {
    SelfSigned certificate();

    ImageRegistry registry();

    /** The engine as a worker that has just been started finds it. */
    ContainerEngine engine(Optional<RegistryLogin> login, Console console);

    /** The same that is to be found at another socket. */
    ContainerEngine engineAt(String socket);

    String socket();

    /** How a worker is told to use it. */
    List<String> flags();

    /** The names of all containers that are there. */
    List<String> containers() throws Exception;

    /** Waits until no container runs. */
    void awaitEnd() throws Exception;

    /** Gives the registry's image another name. */
    void tag(String name) throws Exception;

    void untag(String name) throws Exception;

    /** Kills the engine as a crash would, and starts it again. */
    void crash() throws Exception;

    /** Fails when more is left of containers and pulls than images. */
    void assertNothingIsLeft() throws Exception;

    void stop() throws Exception;
}
