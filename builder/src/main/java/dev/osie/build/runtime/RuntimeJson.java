package dev.osie.build.runtime;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.osie.build.spec.ContainerOptions.Interface;
import dev.osie.build.spec.ContainerOptions.Runtime;
import dev.osie.build.spec.Mount;
import java.util.List;

/** LinuxKit's runtime.json: what its init sets up before it creates a container. */
final class RuntimeJson {
    private static final List<String> NAMESPACES = List.of("cgroup", "ipc", "mnt", "net", "pid", "user", "uts");

    private RuntimeJson() {}

    static ObjectNode of(RootFilesystem root, Runtime runtime) {
        ObjectNode json = Json.object();
        json.set("cgroups", Json.array(runtime.cgroups()));
        ArrayNode mounts = json.putArray("mounts");
        root.mounts().forEach(mount -> mounts.add(mount(mount)));
        runtime.mounts().forEach(mount -> mounts.add(mount(mount)));
        json.set("mkdir", Json.array(runtime.mkdir()));
        ArrayNode interfaces = json.putArray("interfaces");
        runtime.interfaces().forEach(link -> interfaces.add(networkInterface(link)));
        ObjectNode bindNamespaces = json.putObject("bindNS");
        NAMESPACES.forEach(
                name -> bindNamespaces.put(name, runtime.bindNamespaces().getOrDefault(name, "")));
        json.put("namespace", runtime.namespace().orElse(""));
        return json;
    }

    private static ObjectNode networkInterface(Interface link) {
        ObjectNode json = Json.object().put("name", link.name());
        link.add().ifPresent(kind -> json.put("add", kind));
        link.peer().ifPresent(peer -> json.put("peer", peer));
        return json.put("createInRoot", link.createInRoot());
    }

    static ObjectNode mount(Mount mount) {
        ObjectNode json = Json.object();
        json.put("destination", mount.destination());
        if (!mount.type().isEmpty()) {
            json.put("type", mount.type());
        }
        if (!mount.source().isEmpty()) {
            json.put("source", mount.source());
        }
        Json.putUnlessEmpty(json, "options", mount.options());
        return json;
    }
}
