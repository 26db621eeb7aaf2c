package dev.osie.build.image;

import dev.osie.build.oci.Execution;
import dev.osie.build.spec.Identity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a recipe says of its containers, over what lies below it (OCI image specification, "Image Configuration"). What is absent stays as it
 * is below.
 *
 * @param user who runs the process
 * @param env values by the variables' names, in the order of the recipe
 * @param entrypoint an empty one takes away the one below
 * @param cmd likewise
 * @param workingDir absolute
 */
public record RecipeConfig(
        Optional<User> user,
        Map<String, String> env,
        Optional<List<String>> entrypoint,
        Optional<List<String>> cmd,
        Optional<String> workingDir,
        SortedMap<String, String> labels,
        SortedSet<String> volumes,
        SortedSet<String> exposedPorts,
        Optional<String> stopSignal) {
    /** Nothing said. */
    public static final RecipeConfig NONE = new RecipeConfig(
            Optional.empty(),
            Map.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Collections.emptySortedMap(),
            Collections.emptySortedSet(),
            Collections.emptySortedSet(),
            Optional.empty());

    public RecipeConfig {
        env = Collections.unmodifiableMap(new LinkedHashMap<>(env));
        entrypoint = entrypoint.map(List::copyOf);
        cmd = cmd.map(List::copyOf);
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
        volumes = Collections.unmodifiableSortedSet(new TreeSet<>(volumes));
        exposedPorts = Collections.unmodifiableSortedSet(new TreeSet<>(exposedPorts));
    }

    /** Nothing but the command. */
    static RecipeConfig running(List<String> entrypoint) {
        return new RecipeConfig(
                NONE.user(),
                NONE.env(),
                Optional.of(entrypoint),
                NONE.cmd(),
                NONE.workingDir(),
                NONE.labels(),
                NONE.volumes(),
                NONE.exposedPorts(),
                NONE.stopSignal());
    }

    /**
     * Who runs the process: numbers, or names of the image's accounts.
     *
     * @param gid by default the user's own group
     */
    public record User(Identity uid, Optional<Identity> gid) {
        /** Whether there is nothing to look up. */
        boolean isNumeric() {
            return uid.isNumber() && gid.map(Identity::isNumber).orElse(true);
        }

        @Override
        public String toString() {
            return uid.text() + gid.map(group -> ":" + group.text()).orElse("");
        }
    }

    /**
     * As in a Dockerfile: collections add up by key, other values replace; a new entrypoint forgets the arguments of the old one.
     *
     * @param below what the layers below come with
     * @param userText the user in numbers, {@code uid:gid}; empty when this says nothing of it
     */
    Execution over(Execution below, String userText) {
        SortedMap<String, String> allLabels = new TreeMap<>(below.labels());
        allLabels.putAll(labels);
        return new Execution(
                userText.isEmpty() ? below.user() : userText,
                environment(below.env()),
                entrypoint.orElse(below.entrypoint()),
                cmd.orElse(entrypoint.isPresent() ? List.of() : below.cmd()),
                workingDir.orElse(below.workingDir()),
                allLabels,
                union(below.volumes(), volumes),
                union(below.exposedPorts(), exposedPorts),
                stopSignal.or(below::stopSignal));
    }

    private List<String> environment(List<String> below) {
        Map<String, String> variables = new LinkedHashMap<>();
        below.forEach(variable -> variables.put(variable.split("=", 2)[0], variable));
        env.forEach((name, value) -> variables.put(name, name + "=" + value));
        return new ArrayList<>(variables.values());
    }

    private static SortedSet<String> union(SortedSet<String> below, SortedSet<String> above) {
        SortedSet<String> union = new TreeSet<>(below);
        union.addAll(above);
        return union;
    }
}
