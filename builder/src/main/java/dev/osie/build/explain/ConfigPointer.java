package dev.osie.build.explain;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.yaml.Suggestion;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which keys of a container's entry decide about a value of its config.json or runtime.json (JSON pointers, RFC 6901). */
final class ConfigPointer {
    private static final Map<String, List<String>> CONFIG = Map.ofEntries(
            Map.entry("/process/capabilities", List.of("capabilities", "capabilities.add", "ambient")),
            Map.entry("/process/args", List.of("command")),
            Map.entry("/process/env", List.of("env")),
            Map.entry("/process/cwd", List.of("cwd")),
            Map.entry("/process/user", List.of("uid", "gid", "additionalGids")),
            Map.entry("/process/rlimits", List.of("rlimits")),
            Map.entry("/process/noNewPrivileges", List.of("noNewPrivileges")),
            Map.entry("/process/oomScoreAdj", List.of("oomScoreAdj")),
            Map.entry("/root/readonly", List.of("readonly")),
            Map.entry("/hostname", List.of("hostname")),
            Map.entry("/mounts", List.of("tmpfs", "binds", "binds.add", "mounts")),
            Map.entry("/annotations", List.of("annotations")),
            Map.entry("/linux/namespaces", List.of("net", "pid", "ipc", "uts", "userns")),
            Map.entry("/linux/uidMappings", List.of("uidMappings")),
            Map.entry("/linux/gidMappings", List.of("gidMappings")),
            Map.entry("/linux/sysctl", List.of("sysctl")),
            Map.entry("/linux/resources", List.of("resources", "devices")),
            Map.entry("/linux/cgroupsPath", List.of("cgroupsPath")),
            Map.entry("/linux/devices", List.of("devices")),
            Map.entry("/linux/rootfsPropagation", List.of("rootfsPropagation")),
            Map.entry("/linux/maskedPaths", List.of("maskedPaths")),
            Map.entry("/linux/readonlyPaths", List.of("readonlyPaths")));

    private static final Map<String, List<String>> RUNTIME = Map.of(
            "/cgroups", List.of("runtime/cgroups"),
            "/mounts", List.of("runtime/mounts"),
            "/mkdir", List.of("runtime/mkdir"),
            "/interfaces", List.of("runtime/interfaces"),
            "/bindNS", List.of("runtime/bindNS"),
            "/namespace", List.of("runtime/namespace"));

    private ConfigPointer() {}

    /**
     * The keys for a pointer, which may also lead to a value inside theirs, or to an object that holds them.
     *
     * @param file config.json, containerd.json or runtime.json
     */
    static Set<String> keys(String file, String pointer) {
        Map<String, List<String>> known = switch (file) {
            case "config.json", "containerd.json" -> CONFIG;
            case "runtime.json" -> RUNTIME;
            default -> throw badInput("Only config.json and runtime.json have values to point at, not " + file + ".");
        };
        Set<String> keys = new TreeSet<>();
        new TreeMap<>(known).forEach((prefix, values) -> {
            boolean inside = pointer.equals(prefix) || pointer.startsWith(prefix + "/");
            boolean around = prefix.startsWith(pointer.isEmpty() ? "" : pointer + "/");
            if (inside || around) {
                keys.addAll(values);
            }
        });
        if (keys.isEmpty()) {
            throw badInput("Nothing in " + file + " is at '" + pointer + "' that a document decides about.")
                    .hint(Suggestion.closest(pointer, known.keySet())
                            .map(closest -> "Did you mean " + closest + "?")
                            .orElse("There are: " + String.join(", ", new TreeMap<>(known).keySet())));
        }
        return keys;
    }
}
