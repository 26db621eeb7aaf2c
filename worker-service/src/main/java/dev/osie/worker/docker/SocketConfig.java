package dev.osie.worker.docker;

import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.api.model.AuthConfigurations;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.RemoteApiVersion;
import com.github.dockerjava.core.SSLConfig;
import java.net.URI;

/**
 * Docker on a Unix socket and nothing else. The library's own configuration would also read the environment, property files and
 * the home directory, and send logins it finds there to any registry.
 *
 * @param path path of the socket
 */
record SocketConfig(String path) implements DockerClientConfig {
    @Override
    public URI getDockerHost() {
        return URI.create("unix://" + path);
    }

    /** None: Docker then takes paths without a version as its newest, and works whatever its age. */
    @Override
    public RemoteApiVersion getApiVersion() {
        return RemoteApiVersion.unknown();
    }

    @Override
    public String getRegistryUsername() {
        return null;
    }

    @Override
    public String getRegistryPassword() {
        return null;
    }

    @Override
    public String getRegistryEmail() {
        return null;
    }

    @Override
    public String getRegistryUrl() {
        return null;
    }

    @Override
    public AuthConfig effectiveAuthConfig(String imageName) {
        return null;
    }

    @Override
    public AuthConfigurations getAuthConfigurations() {
        return new AuthConfigurations();
    }

    @Override
    @SuppressWarnings("deprecation") // The interface still names the old type.
    public SSLConfig getSSLConfig() {
        return null;
    }
}
