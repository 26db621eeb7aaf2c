package dev.osie.build.spec;

import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.Suggestion;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Finds users and groups that are neither numbers nor names of the document's containers. */
final class IdentityCheck {
    private final Set<String> names = new HashSet<>();
    private final OsieDocument document;
    private final Problems problems;

    IdentityCheck(OsieDocument document, Problems problems) {
        this.document = document;
        this.problems = problems;
        document.containers().forEach(container -> names.add(container.name()));
    }

    void check() {
        document.containers().forEach(container -> {
            ContainerOptions.Process process = container.options().process();
            check(process.uid());
            check(process.gid());
            process.additionalGids().forEach(this::check);
        });
        document.files().forEach(file -> Stream.of(file.uid(), file.gid()).forEach(this::check));
    }

    private void check(Optional<Identity> identity) {
        identity.ifPresent(this::check);
    }

    private void check(Identity identity) {
        String name = identity.text();
        boolean known = name.isEmpty() || name.equals("root") || identity.isNumber() || names.contains(name);
        if (!known) {
            problems.add(
                    identity.position(),
                    () -> "no container is called '" + name + "' — "
                            + Suggestion.closest(name, names)
                                    .map(closest -> "did you mean '" + closest + "'?")
                                    .orElse("expected a number, root or the name of a container of this document"));
        }
    }
}
