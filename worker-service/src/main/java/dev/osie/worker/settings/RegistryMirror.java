package dev.osie.worker.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A registry that has the images of another.
 *
 * @param registry host and port of the registry that it stands in for; empty for any
 * @param location {@code HOST[:PORT][/PATH]}, what comes before the image's own path
 */
public record RegistryMirror(Optional<String> registry, String location) {
    /** Reads {@code [REGISTRY=]LOCATION,…}; empty for anything else. */
    static Optional<List<RegistryMirror>> parse(String text) {
        List<RegistryMirror> mirrors = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            Optional<String> registry = equals < 0 ? Optional.of("") : Format.REGISTRY.read(part.substring(0, equals));
            Optional<String> location = Format.REGISTRY.read(part.substring(equals + 1));
            if (registry.isEmpty() || registry.get().indexOf('/') >= 0 || location.isEmpty()) {
                return Optional.empty();
            }
            mirrors.add(new RegistryMirror(registry.get().isEmpty() ? Optional.empty() : registry, location.get()));
        }
        return Optional.of(List.copyOf(mirrors));
    }
}
