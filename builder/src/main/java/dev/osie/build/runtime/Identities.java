package dev.osie.build.runtime;

import dev.osie.build.spec.ContainerEntry;
import dev.osie.build.spec.Identity;
import dev.osie.build.spec.OsieDocument;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.Suggestion;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The user and group ids of a document's names. As in LinuxKit, containers are numbered from 100 in the order onboot, onshutdown,
 * services; a name that stands twice has its later number.
 */
final class Identities {
    private static final long FIRST = 100;

    private final Map<String, Long> ids = new HashMap<>();
    private final Problems problems;

    Identities(OsieDocument document, Problems problems) {
        this.problems = problems;
        long next = FIRST;
        for (ContainerEntry entry : document.containers()) {
            ids.put(entry.name(), next++);
        }
    }

    /** The number of a user or group; root's when the document names none. */
    long number(Optional<Identity> identity) {
        return identity.map(this::number).orElse(0L);
    }

    long number(Identity identity) {
        String text = identity.text();
        if (text.isEmpty() || text.equals("root")) {
            return 0;
        }
        if (identity.isNumber()) {
            return Long.parseLong(text);
        }
        Long id = ids.get(text);
        if (id == null) {
            String expected = Suggestion.closest(text, ids.keySet())
                    .map(closest -> "did you mean '" + closest + "'?")
                    .orElse("expected a number, root or the name of a container of this document");
            problems.add(identity.position(), "no container is called '" + text + "' — " + expected);
            return 0;
        }
        return id;
    }
}
