package dev.osie.build.runtime;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.osie.build.spec.ContainerEntry;
import dev.osie.build.spec.ContainerOptions.Filesystem;
import dev.osie.build.spec.Mount;
import dev.osie.build.yaml.Problems;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The config.json of a container (OCI runtime specification 1.2), with LinuxKit's defaults. */
final class ConfigJson {
    private static final String VERSION = "1.2.1";
    private static final int HOOK_SECONDS = 60;

    private final ContainerEntry entry;
    private final ContainerImage image;
    private final Identities identities;
    private final Problems problems;

    ConfigJson(ContainerEntry entry, ContainerImage image, Identities identities, Problems problems) {
        this.entry = entry;
        this.image = image;
        this.identities = identities;
        this.problems = problems;
    }

    /** The configuration as LinuxKit writes it: the root is a path in the bundle. */
    ObjectNode plain() {
        return with("rootfs", Optional.empty());
    }

    /**
     * The configuration.
     *
     * @param rootPath of the root file system: relative to the bundle, or absolute
     * @param hook a program to run on the host once the container is created
     */
    ObjectNode with(String rootPath, Optional<String> hook) {
        var options = entry.options();
        ObjectNode json = Json.object();
        json.put("ociVersion", VERSION);
        json.set("process", new ProcessJson(entry, image, identities, problems).build());
        ObjectNode root = json.putObject("root").put("path", rootPath);
        if (options.filesystem().readonly()) {
            root.put("readonly", true);
        }
        options.isolation().hostname().ifPresent(name -> json.put("hostname", hostname(name)));
        ArrayNode mounts = json.putArray("mounts");
        mounts(options.filesystem()).forEach(mount -> mounts.add(RuntimeJson.mount(mount)));
        hook.ifPresent(program -> json.putObject("hooks")
                .putArray("createRuntime")
                .addObject()
                .put("path", program)
                .put("timeout", HOOK_SECONDS));
        Json.putUnlessEmpty(json, "annotations", options.isolation().annotations());
        json.set("linux", LinuxJson.of(options.isolation(), options.filesystem()));
        return json;
    }

    private String hostname(String name) {
        boolean own = entry.options().isolation().namespaces().stream()
                .anyMatch(namespace -> namespace.type().equals("uts"));
        if (!own) {
            problems.add(
                    entry.position(),
                    "'hostname' of " + entry.describe()
                            + " needs a namespace of its own: uts: new (the runtime refuses to rename the host)");
        }
        return name;
    }

    /** Sorted by destination, so that a mount comes after the one it lies in. */
    private List<Mount> mounts(Filesystem filesystem) {
        Map<String, Mount> byDestination = new TreeMap<>();
        defaults(filesystem.readonly()).forEach(mount -> byDestination.put(mount.destination(), mount));
        filesystem.mounts().forEach(mount -> byDestination.put(mount.destination(), resolved(mount)));
        return List.copyOf(byDestination.values());
    }

    private static Mount resolved(Mount mount) {
        if (!mount.isVolume()) {
            return mount;
        }
        String source = "/" + Bundles.volumeDirectory(mount.source()) + "/" + Bundles.MERGED;
        return new Mount(mount.destination(), mount.type(), source, mount.options(), mount.position());
    }

    private List<Mount> defaults(boolean readonly) {
        return List.of(
                system("/dev", "tmpfs", readonly, "nosuid", "strictatime", "mode=755", "size=65536k"),
                system("/dev/pts", "devpts", false, "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"),
                system("/proc", "proc", false, "nosuid", "nodev", "noexec", "relatime"),
                system("/sys", "sysfs", readonly, "nosuid", "noexec", "nodev"),
                system("/sys/fs/cgroup", "cgroup", true, "nosuid", "noexec", "nodev", "relatime"));
    }

    private Mount system(String destination, String type, boolean readonly, String... options) {
        List<String> all = new ArrayList<>(List.of(options));
        if (readonly) {
            all.add("ro");
        }
        return new Mount(destination, type, type, all, entry.position());
    }
}
