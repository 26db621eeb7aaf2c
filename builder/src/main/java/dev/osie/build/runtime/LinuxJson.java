package dev.osie.build.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.osie.build.spec.ContainerOptions.Device;
import dev.osie.build.spec.ContainerOptions.Filesystem;
import dev.osie.build.spec.ContainerOptions.IdMapping;
import dev.osie.build.spec.ContainerOptions.Isolation;
import java.util.List;

/** The section {@code linux} of config.json. */
final class LinuxJson {
    private LinuxJson() {}

    static ObjectNode of(Isolation isolation, Filesystem filesystem) {
        ObjectNode json = Json.object();
        mappings(json, "uidMappings", isolation.uidMappings());
        mappings(json, "gidMappings", isolation.gidMappings());
        Json.putUnlessEmpty(json, "sysctl", isolation.sysctl());
        json.set("resources", resources(isolation, filesystem.devices()));
        isolation.cgroupsPath().ifPresent(path -> json.put("cgroupsPath", path));
        ArrayNode namespaces = json.putArray("namespaces");
        isolation.namespaces().forEach(namespace -> {
            ObjectNode added = namespaces.addObject().put("type", namespace.type());
            namespace.path().ifPresent(path -> added.put("path", path));
        });
        List<Device> nodes =
                filesystem.devices().stream().filter(device -> !device.isAll()).toList();
        if (!nodes.isEmpty()) {
            ArrayNode devices = json.putArray("devices");
            nodes.forEach(device -> devices.add(node(device)));
        }
        filesystem.rootfsPropagation().ifPresent(word -> json.put("rootfsPropagation", word));
        Json.putUnlessEmpty(json, "maskedPaths", filesystem.maskedPaths());
        Json.putUnlessEmpty(json, "readonlyPaths", filesystem.readonlyPaths());
        return json;
    }

    private static void mappings(ObjectNode json, String key, List<IdMapping> mappings) {
        if (!mappings.isEmpty()) {
            ArrayNode array = json.putArray(key);
            mappings.forEach(mapping -> array.addObject()
                    .put("containerID", mapping.containerId())
                    .put("hostID", mapping.hostId())
                    .put("size", mapping.size()));
        }
    }

    private static ObjectNode resources(Isolation isolation, List<Device> devices) {
        ObjectNode given = (ObjectNode) Json.of(isolation.resources().values());
        ObjectNode json = Json.object();
        ArrayNode rules = json.putArray("devices");
        if (given.remove("devices") instanceof ArrayNode own) {
            rules.addAll(own);
        }
        devices.forEach(device -> rules.add(rule(device)));
        if (rules.isEmpty()) {
            json.remove("devices");
        }
        JsonNode blockIo = given.remove("blockio");
        json.setAll(given);
        if (blockIo != null) {
            // LinuxKit's documents spell it in lower case, the OCI specification does not.
            json.set("blockIO", blockIo);
        }
        return json;
    }

    private static ObjectNode rule(Device device) {
        ObjectNode json = Json.object().put("allow", true);
        if (device.isAll()) {
            return json.put("type", device.type().isEmpty() ? "a" : device.type())
                    .put("access", "rwm");
        }
        return json.put("type", device.type())
                .put("major", device.major())
                .put("minor", device.minor())
                .put("access", "rwm");
    }

    private static ObjectNode node(Device device) {
        return Json.object()
                .put("path", device.path())
                .put("type", device.type())
                .put("major", device.major())
                .put("minor", device.minor())
                .put("fileMode", device.mode().orElseThrow());
    }
}
