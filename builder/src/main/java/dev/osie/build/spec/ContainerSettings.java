package dev.osie.build.spec;

import static java.util.Collections.unmodifiableSortedMap;

import dev.osie.build.yaml.Position;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What {@code osie:} says about a container, beyond what LinuxKit's documents can say.
 *
 * @param hardened replaces the document's default for this container
 * @param seccomp replaces what {@code hardened} means for system calls
 * @param masksPaths replaces what {@code hardened} means for paths of /proc and /sys
 * @param unified limits by the names of cgroup v2's files, such as {@code memory.max}
 */
public record ContainerSettings(
        Optional<Boolean> hardened,
        Optional<Seccomp> seccomp,
        Optional<Boolean> masksPaths,
        SortedMap<String, String> unified) {
    /** What a container gets of which {@code osie:} says nothing. */
    static final ContainerSettings NONE =
            new ContainerSettings(Optional.empty(), Optional.empty(), Optional.empty(), new TreeMap<>());

    public ContainerSettings {
        unified = unmodifiableSortedMap(new TreeMap<>(unified));
    }

    /**
     * Which system calls a container may make.
     *
     * @param text {@code default}, {@code unconfined}, or the file of a profile, relative to the document that names it
     */
    public record Seccomp(String text, Position position) {
        public boolean isDefault() {
            return text.equals("default");
        }

        public boolean isUnconfined() {
            return text.equals("unconfined");
        }
    }
}
