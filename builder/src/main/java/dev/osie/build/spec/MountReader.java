package dev.osie.build.spec;

import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the four ways in which a document writes a mount. */
final class MountReader {
    /** Types that are their own source, with the destination they have unless another is given. */
    private static final Map<String, String> OWN_SOURCE = Map.of(
            "proc",
            "/proc",
            "devpts",
            "/dev/pts",
            "sysfs",
            "/sys",
            "cgroup",
            "/sys/fs/cgroup",
            "mqueue",
            "/dev/mqueue");

    private final Problems problems;

    MountReader(Problems problems) {
        this.problems = problems;
    }

    /** {@code destination[:option,option…]}. */
    Optional<Mount> tmpfs(String text, Position position) {
        String[] parts = text.split(":", -1);
        if (parts.length > 2) {
            return problem(position, "the tmpfs '" + text + "' must have the form destination[:options]");
        }
        List<String> options = parts.length == 2 ? List.of(parts[1].split(",", -1)) : List.of();
        return absolute(new Mount(parts[0], "tmpfs", "tmpfs", options, position));
    }

    /** {@code source:destination[:option,option…]}. */
    Optional<Mount> bind(String text, Position position) {
        String[] parts = text.split(":", -1);
        if (parts.length < 2 || parts.length > 3 || parts[0].isEmpty()) {
            return problem(position, "the bind '" + text + "' must have the form source:destination[:options]");
        }
        List<String> options =
                parts.length == 3 ? bound(List.of(parts[2].split(",", -1))) : List.of("rw", "rbind", "rshared");
        return absolute(new Mount(parts[1], "bind", parts[0], options, position));
    }

    private static List<String> bound(List<String> options) {
        if (options.contains("bind") || options.contains("rbind")) {
            return options;
        }
        List<String> bound = new ArrayList<>(options);
        bound.add("rbind");
        return bound;
    }

    /** An entry of {@code mounts}, whose type, source and destination may follow from each other. */
    Optional<Mount> mount(YamlNode node) {
        Mount mount = fields(node, "a mount");
        String type = mount.type();
        String source = mount.source();
        if (type.isEmpty()) {
            type = mount.isBind()
                    ? "bind"
                    : source.equals("/dev") ? "tmpfs" : OWN_SOURCE.containsKey(source) ? source : "";
        }
        if (type.isEmpty()) {
            return problem(node.position(), "a mount needs the key 'type'");
        }
        String destination = mount.destination().isEmpty() ? OWN_SOURCE.getOrDefault(type, "") : mount.destination();
        boolean bind = type.equals("bind");
        if (source.isEmpty() && bind) {
            return problem(node.position(), "a mount of type bind needs the key 'source'");
        }
        // Without either word the kernel is asked for a file system called bind, and has none.
        List<String> options = bind ? bound(mount.options()) : mount.options();
        return absolute(new Mount(destination, type, source.isEmpty() ? type : source, options, node.position()));
    }

    /** An entry of {@code runtime.mounts}, which stands as it is; a relative destination is inside the container's root. */
    Optional<Mount> runtimeMount(YamlNode node) {
        Mount mount = fields(node, "a mount of 'runtime'");
        if (mount.destination().isEmpty()) {
            return problem(node.position(), "a mount of 'runtime' needs the key 'destination'");
        }
        if (mount.isVolume()) {
            return problem(node.position(), "the source of a bind must begin with '/', not '" + mount.source() + "'");
        }
        return inside(mount.destination(), node.position()) ? Optional.of(mount) : Optional.empty();
    }

    /** Whether a path has no {@code ..}; a problem otherwise. */
    boolean inside(String path, Position position) {
        if (List.of(path.split("/", -1)).contains("..") || path.indexOf('\0') >= 0) {
            problems.add(position, "the path '" + path + "' must not contain '..' or NUL");
            return false;
        }
        return true;
    }

    private Mount fields(YamlNode node, String what) {
        Fields fields = Fields.of(node, what, problems);
        Mount mount = new Mount(
                fields.text("destination").orElse(""),
                fields.text("type").orElse(""),
                fields.text("source").orElse(""),
                fields.texts("options"),
                node.position());
        fields.finish();
        return mount;
    }

    private Optional<Mount> absolute(Mount mount) {
        if (!mount.destination().startsWith("/")) {
            return problem(
                    mount.position(),
                    "the destination of a mount must begin with '/', not '" + mount.destination() + "'");
        }
        return inside(mount.destination(), mount.position()) ? Optional.of(mount) : Optional.empty();
    }

    private Optional<Mount> problem(Position position, String message) {
        problems.add(position, message);
        return Optional.empty();
    }
}
