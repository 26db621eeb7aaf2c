package dev.osie.build.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.osie.build.spec.ContainerSettings.Seccomp;
import dev.osie.build.yaml.Problems;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Profiles of system calls (OCI runtime specification, "Seccomp").
 *
 * <p>The default one is the resource {@code seccomp.json}: all is allowed but what it lists. Each of its rules says in {@code comment} why,
 * and in {@code unless} which capabilities of the container make it void; neither key is the specification's. As it names no
 * {@code architectures}, calls by another ABI than the kernel's own, such as those of 32-bit programs, end the process.
 */
final class SeccompProfile {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Set<String> ACTIONS = Set.of(
            "SCMP_ACT_ALLOW",
            "SCMP_ACT_ERRNO",
            "SCMP_ACT_KILL",
            "SCMP_ACT_KILL_PROCESS",
            "SCMP_ACT_KILL_THREAD",
            "SCMP_ACT_LOG",
            "SCMP_ACT_TRACE",
            "SCMP_ACT_TRAP");
    private static final Set<String> KEYS =
            Set.of("defaultAction", "defaultErrnoRet", "architectures", "flags", "syscalls");
    private static final Set<String> RULE_KEYS = Set.of("names", "action", "errnoRet", "args");

    private SeccompProfile() {}

    /** The default profile for a container with these capabilities. */
    static ObjectNode standard(Set<String> capabilities) {
        ObjectNode profile = resource();
        for (Iterator<JsonNode> rules = profile.withArray("syscalls").iterator(); rules.hasNext(); ) {
            ObjectNode rule = (ObjectNode) rules.next();
            rule.remove("comment");
            JsonNode unless = rule.remove("unless");
            if (unless != null && contains(unless, capabilities)) {
                rules.remove();
            }
        }
        return profile;
    }

    private static boolean contains(JsonNode names, Set<String> capabilities) {
        for (JsonNode name : names) {
            if (capabilities.contains(name.asText())) {
                return true;
            }
        }
        return false;
    }

    private static ObjectNode resource() {
        try (InputStream in = SeccompProfile.class.getResourceAsStream("seccomp.json")) {
            return (ObjectNode) MAPPER.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A profile of the user's own, as it stands in its file; a problem if it is none. */
    static Optional<ObjectNode> of(Path file, Seccomp named, Problems problems) {
        String problem;
        try {
            JsonNode profile = MAPPER.readTree(Files.readString(file));
            problem = wrong(profile);
            if (problem.isEmpty()) {
                return Optional.of((ObjectNode) profile);
            }
        } catch (JsonProcessingException e) {
            problem = "is not JSON: " + e.getOriginalMessage();
        } catch (IOException e) {
            problem = Files.exists(file)
                    ? "cannot be read: " + e.getMessage()
                    : "does not exist; expected default, unconfined or the file of a profile";
        }
        problems.add(named.position(), "the seccomp profile '" + named.text() + "' " + problem);
        return Optional.empty();
    }

    /** What keeps a value from being a profile; empty when nothing does. */
    private static String wrong(JsonNode profile) {
        if (!profile.isObject()
                || !ACTIONS.contains(profile.path("defaultAction").asText())) {
            return "must be an object with a 'defaultAction' such as SCMP_ACT_ERRNO, "
                    + "as linux.seccomp of the OCI runtime specification";
        }
        String unknown = unknownKey(profile, KEYS);
        if (!unknown.isEmpty()) {
            return unknown;
        }
        if (!(profile.path("syscalls") instanceof ArrayNode rules)) {
            return "needs a list 'syscalls'";
        }
        for (int i = 0; i < rules.size(); i++) {
            String rule = wrongRule(rules.get(i));
            if (!rule.isEmpty()) {
                return rule + " (rule " + (i + 1) + " of 'syscalls')";
            }
        }
        return "";
    }

    private static String wrongRule(JsonNode rule) {
        boolean named = rule.path("names") instanceof ArrayNode names && !names.isEmpty();
        if (!named || !ACTIONS.contains(rule.path("action").asText())) {
            return "has a rule without 'names' or without an 'action' such as SCMP_ACT_ALLOW";
        }
        return unknownKey(rule, RULE_KEYS);
    }

    private static String unknownKey(JsonNode object, Set<String> known) {
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!known.contains(name)) {
                return "has the key '" + name + "', which a runtime does not know; it knows "
                        + String.join(", ", new TreeSet<>(known));
            }
        }
        return "";
    }
}
