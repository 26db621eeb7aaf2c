package dev.osie.build.oci;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How a container of an image is run unless its user says otherwise (OCI image specification, "Image Configuration", property
 * {@code config}). Empty means unset.
 *
 * @param user {@code name}, {@code uid}, {@code name:group} or {@code uid:gid}
 * @param env {@code NAME=value}, in order
 * @param entrypoint the program and the arguments that {@code cmd} follows
 * @param cmd arguments, or the program when there is no entrypoint
 * @param workingDir absolute
 * @param labels free text by key
 * @param volumes paths whose content is not part of the image
 * @param exposedPorts {@code 80/tcp}
 * @param stopSignal such as {@code SIGTERM}
 */
public record Execution(
        String user,
        List<String> env,
        List<String> entrypoint,
        List<String> cmd,
        String workingDir,
        SortedMap<String, String> labels,
        SortedSet<String> volumes,
        SortedSet<String> exposedPorts,
        Optional<String> stopSignal) {
    /** Nothing set. */
    public static final Execution EMPTY = new Execution(
            "",
            List.of(),
            List.of(),
            List.of(),
            "",
            Collections.emptySortedMap(),
            Collections.emptySortedSet(),
            Collections.emptySortedSet(),
            Optional.empty());

    public Execution {
        env = List.copyOf(env);
        entrypoint = List.copyOf(entrypoint);
        cmd = List.copyOf(cmd);
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
        volumes = Collections.unmodifiableSortedSet(new TreeSet<>(volumes));
        exposedPorts = Collections.unmodifiableSortedSet(new TreeSet<>(exposedPorts));
    }

    static Execution read(JsonNode json) {
        return new Execution(
                Json.text(json, "User").orElse(""),
                Json.texts(json, "Env"),
                Json.texts(json, "Entrypoint"),
                Json.texts(json, "Cmd"),
                Json.text(json, "WorkingDir").orElse(""),
                Json.textMap(json, "Labels"),
                Json.keys(json, "Volumes"),
                Json.keys(json, "ExposedPorts"),
                Json.text(json, "StopSignal"));
    }

    ObjectNode toJson() {
        ObjectNode json = Json.object();
        if (!user.isEmpty()) {
            json.put("User", user);
        }
        Json.put(json, "Env", env);
        Json.put(json, "Entrypoint", entrypoint);
        Json.put(json, "Cmd", cmd);
        if (!workingDir.isEmpty()) {
            json.put("WorkingDir", workingDir);
        }
        Json.put(json, "Labels", labels);
        Json.putKeys(json, "Volumes", volumes);
        Json.putKeys(json, "ExposedPorts", exposedPorts);
        stopSignal.ifPresent(signal -> json.put("StopSignal", signal));
        return json;
    }
}
