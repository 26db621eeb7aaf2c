package dev.osie.build.oci.registry;

import java.util.List;
import java.util.Optional;

/**
 * What a user wants to do at a registry, as token services name it (Docker Registry v2 authentication, "Token Scope").
 *
 * @param repository that it is about, for messages
 * @param all such as {@code repository:lab/tool:pull}
 */
record Scope(String repository, List<String> all) {
    static Scope pull(String repository) {
        return new Scope(repository, List.of("repository:" + repository + ":pull"));
    }

    static Scope push(String repository) {
        return new Scope(repository, List.of("repository:" + repository + ":pull,push"));
    }

    /** Also reads another repository. */
    Scope and(Optional<String> other) {
        return other.map(from -> new Scope(repository, List.of(all.get(0), "repository:" + from + ":pull")))
                .orElse(this);
    }
}
