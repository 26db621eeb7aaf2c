package dev.osie.build.oci.daemon;

import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.api.model.AuthConfigurations;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.RemoteApiVersion;
import com.github.dockerjava.core.SSLConfig;
import java.net.URI;

/**
 * Docker at an address and nothing else. The library's own configuration would also read property files and the home directory, and hold
 * logins.
 *
 * @param address where it listens
 */
record DaemonConfig(URI address) implements DockerClientConfig {
    @Override
    public URI getDockerHost() {
        return address;
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
