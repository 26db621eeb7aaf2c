package dev.osie.worker.image;

import dev.osie.worker.settings.PullPolicy;
import dev.osie.worker.settings.RegistryLogin;
import dev.osie.worker.settings.RegistryMirror;
import java.util.List;
import java.util.Optional;

/**
 * Where actions' images come from.
 *
 * @param login for the registry that needs one, and for no other
 * @param policy when an image is pulled
 * @param mirrors asked in this order before an image's own registry
 */
public record ImageSources(Optional<RegistryLogin> login, PullPolicy policy, List<RegistryMirror> mirrors) {
    public ImageSources {
        mirrors = List.copyOf(mirrors);
    }
}
