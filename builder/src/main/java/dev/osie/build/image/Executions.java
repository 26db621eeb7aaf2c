package dev.osie.build.image;

import dev.osie.build.oci.Execution;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a recipe says of its containers over what the recipe below says. */
final class Executions {
    private Executions() {}

    /** Nothing but the command. */
    static Execution running(List<String> entrypoint) {
        Execution none = Execution.EMPTY;
        return new Execution(
                none.user(),
                none.env(),
                entrypoint,
                none.cmd(),
                none.workingDir(),
                none.labels(),
                none.volumes(),
                none.exposedPorts(),
                none.stopSignal());
    }

    /** As in a Dockerfile: collections add up by key, other values replace; a new entrypoint forgets the arguments of the old one. */
    static Execution merge(Execution below, Execution above) {
        boolean keepsCommand = above.entrypoint().isEmpty() && above.cmd().isEmpty();
        SortedMap<String, String> labels = new TreeMap<>(below.labels());
        labels.putAll(above.labels());
        return new Execution(
                above.user().isEmpty() ? below.user() : above.user(),
                environment(below.env(), above.env()),
                above.entrypoint().isEmpty() ? below.entrypoint() : above.entrypoint(),
                keepsCommand ? below.cmd() : above.cmd(),
                above.workingDir().isEmpty() ? below.workingDir() : above.workingDir(),
                labels,
                union(below.volumes(), above.volumes()),
                union(below.exposedPorts(), above.exposedPorts()),
                above.stopSignal().or(below::stopSignal));
    }

    private static List<String> environment(List<String> below, List<String> above) {
        Map<String, String> variables = new LinkedHashMap<>();
        below.forEach(variable -> variables.put(variable.split("=", 2)[0], variable));
        above.forEach(variable -> variables.put(variable.split("=", 2)[0], variable));
        return new ArrayList<>(variables.values());
    }

    private static SortedSet<String> union(SortedSet<String> below, SortedSet<String> above) {
        SortedSet<String> union = new TreeSet<>(below);
        union.addAll(above);
        return union;
    }
}
