package dev.osie.build.spec;

import dev.osie.build.spec.ContainerEntry.Section;
import dev.osie.build.spec.ContainerOptions.Device;
import dev.osie.build.spec.ContainerOptions.Filesystem;
import dev.osie.build.spec.ContainerOptions.IdMapping;
import dev.osie.build.spec.ContainerOptions.Isolation;
import dev.osie.build.spec.ContainerOptions.Process;
import dev.osie.build.spec.ContainerOptions.Rlimit;
import dev.osie.build.spec.ContainerOptions.Runtime;
import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads an entry of {@code onboot}, {@code onshutdown} or {@code services}. */
final class ContainerReader {
    private static final Set<String> DEVICE_TYPES = Set.of("a", "b", "c", "u", "p");
    private static final Set<String> PROPAGATIONS =
            Set.of("shared", "slave", "private", "unbindable", "rshared", "rslave", "rprivate", "runbindable");
    private static final Set<String> RLIMITS = Set.of(
            "AS",
            "CORE",
            "CPU",
            "DATA",
            "FSIZE",
            "LOCKS",
            "MEMLOCK",
            "MSGQUEUE",
            "NICE",
            "NOFILE",
            "NPROC",
            "RSS",
            "RTPRIO",
            "RTTIME",
            "SIGPENDING",
            "STACK");
    private static final Pattern ENV = Pattern.compile("(?s)[^=\0]+=[^\0]*");

    /** Keys of Docker's compose files. */
    private static final Map<String, String> OF_COMPOSE = Map.of(
            "cap_add", "write capabilities: [CAP_…]",
            "container_name", "write 'name'",
            "depends_on", "write 'after' for the service under osie: services:",
            "entrypoint", "write 'command', which replaces entrypoint and cmd of the image",
            "environment", "write env: [NAME=value]",
            "network_mode", "write net: host, or net: new",
            "ports", "no ports are mapped: a container has the machine's network unless it says net: new",
            "privileged", "write capabilities: [all], and devices: [{ path: all, type: b }, { path: all, type: c }]",
            "restart", "write 'restart' for the service under osie: services:",
            "volumes", "write binds: [SOURCE:DESTINATION]");

    private final Fields fields;
    private final Problems problems;
    private final MountReader mounts;

    private ContainerReader(Fields fields) {
        this.fields = fields;
        this.problems = fields.problems();
        this.mounts = new MountReader(problems);
    }

    static Optional<ContainerEntry> read(Section section, YamlNode node, Problems problems) {
        Fields fields = Fields.of(node, describe(section, node), problems);
        ContainerReader reader = new ContainerReader(fields);
        String safeName = Names.safe(fields, "name");
        fields.requiredNode("image");
        Optional<ImageName> image = Names.image(fields, "image");
        Runtime runtime = fields.fields("runtime").map(RuntimeReader::read).orElse(Runtime.NONE);
        ContainerOptions options =
                new ContainerOptions(reader.process(), reader.filesystem(), reader.isolation(), runtime);
        fields.finish(OF_COMPOSE);
        if (node instanceof YamlNode.Mapping mapping && !safeName.isEmpty()) {
            return image.map(named -> new ContainerEntry(section, safeName, named, options, mapping, node.position()));
        }
        return Optional.empty();
    }

    private static String describe(Section section, YamlNode node) {
        Optional<YamlNode> name = node instanceof YamlNode.Mapping mapping ? mapping.get("name") : Optional.empty();
        return name.orElse(node) instanceof YamlNode.Scalar scalar && name.isPresent()
                ? ContainerEntry.describe(section, scalar.text())
                : section == Section.SERVICES ? "a service" : "an entry of " + section;
    }

    /** Reports what is wrong with the value of an image's label {@link ContainerLabel#NAME}. */
    static void checkLabel(YamlNode node, Problems problems) {
        Fields fields = Fields.of(node, "the label " + ContainerLabel.NAME, problems);
        for (String key : List.of("capabilities", "binds")) {
            if (fields.node(key + ".add").isPresent()) {
                fields.problem(key + ".add", "has no effect: an image says '" + key + "', and documents add to that");
            }
        }
        ContainerReader reader = new ContainerReader(fields);
        reader.process();
        reader.filesystem();
        reader.isolation();
        fields.fields("runtime").ifPresent(RuntimeReader::read);
        fields.finish();
    }

    private Process process() {
        List<List<String>> capabilities = new ArrayList<>(capabilities("capabilities"));
        capabilities.addAll(capabilities("capabilities.add"));
        Optional<String> cwd = fields.text("cwd");
        cwd.filter(path -> !path.startsWith("/"))
                .ifPresent(path -> fields.problem("cwd", "must begin with '/', not '" + path + "'"));
        return new Process(
                fields.optionalTexts("command"),
                fields.node("env").map(value -> fields.textItems("env", this::variable)),
                cwd,
                Names.identity(fields, "uid"),
                Names.identity(fields, "gid"),
                fields.items("additionalGids", item -> Names.identity(fields, "additionalGids", item)),
                Capabilities.distinct(capabilities),
                Capabilities.distinct(capabilities("ambient")),
                fields.textItems("rlimits", this::rlimit),
                fields.bool("noNewPrivileges").orElse(false),
                intWithin("oomScoreAdj", -1000, 1000));
    }

    private Filesystem filesystem() {
        List<Mount> all = new ArrayList<>(fields.textItems("tmpfs", mounts::tmpfs));
        all.addAll(fields.textItems("binds", mounts::bind));
        all.addAll(fields.textItems("binds.add", mounts::bind));
        all.addAll(fields.items("mounts", mounts::mount));
        Optional<String> propagation = fields.text("rootfsPropagation");
        propagation
                .filter(word -> !PROPAGATIONS.contains(word))
                .ifPresent(word -> fields.problem(
                        "rootfsPropagation",
                        "must be shared, slave, private or unbindable, or one" + " of these with 'r' before it, not '"
                                + word + "'"));
        return new Filesystem(
                all,
                fields.bool("readonly").orElse(false),
                fields.items("devices", this::device),
                propagation,
                fields.texts("maskedPaths"),
                fields.texts("readonlyPaths"));
    }

    private Isolation isolation() {
        return new Isolation(
                NamespaceReader.read(fields),
                fields.items("uidMappings", this::idMapping),
                fields.items("gidMappings", this::idMapping),
                fields.text("hostname"),
                fields.text("cgroupsPath"),
                fields.node("resources")
                        .flatMap(new ResourcesReader(problems)::read)
                        .orElseGet(() -> new Resources(new YamlNode.Mapping(List.of(), fields.position()))),
                new TreeMap<>(fields.textMap("sysctl")),
                new TreeMap<>(fields.textMap("annotations")));
    }

    private List<List<String>> capabilities(String key) {
        return fields.textItems(key, (name, position) -> Capabilities.named(name, position, problems));
    }

    private Optional<String> variable(String text, Position position) {
        if (ENV.matcher(text).matches()) {
            return Optional.of(text);
        }
        problems.add(position, "'" + text + "' in 'env' of " + fields.what() + " must have the form NAME=value");
        return Optional.empty();
    }

    private Optional<Rlimit> rlimit(String text, Position position) {
        String[] parts = text.split(",", -1);
        try {
            String name = parts[0].startsWith("RLIMIT_") ? parts[0].substring("RLIMIT_".length()) : parts[0];
            if (parts.length == 3 && RLIMITS.contains(name)) {
                return Optional.of(new Rlimit("RLIMIT_" + name, limit(parts[1]), limit(parts[2])));
            }
        } catch (NumberFormatException ignored) {
            // Reported below, as any other wrong form.
        }
        problems.add(
                position,
                "the limit '" + text + "' must have the form NAME,soft,hard with numbers or 'unlimited', "
                        + "and a NAME such as NOFILE");
        return Optional.empty();
    }

    private static long limit(String text) {
        return text.strip().equals("unlimited") ? -1 : Long.parseUnsignedLong(text.strip());
    }

    private Optional<Device> device(YamlNode node) {
        Fields device = Fields.of(node, "a device of " + fields.what(), problems);
        String path = device.requiredText("path");
        OptionalInt mode = device.mode("mode");
        String type = device.text("type").orElse("");
        Device read = new Device(path, type, id(device, "major"), id(device, "minor"), mode);
        device.finish();
        if (read.isAll()) {
            return Optional.of(read);
        }
        if (!path.startsWith("/") || !DEVICE_TYPES.contains(type) || mode.isEmpty()) {
            problems.add(
                    node.position(),
                    "a device needs a path that begins with '/' (or 'all'), a type (b or c), "
                            + "major and minor numbers, and a mode such as \"0600\"");
            return Optional.empty();
        }
        return Optional.of(read);
    }

    private static long id(Fields device, String key) {
        return device.integer(key).orElse(0);
    }

    private Optional<IdMapping> idMapping(YamlNode node) {
        Fields mapping = Fields.of(node, "an id mapping of " + fields.what(), problems);
        mapping.requiredNode("size");
        IdMapping read = new IdMapping(id(mapping, "hostID"), id(mapping, "containerID"), id(mapping, "size"));
        mapping.finish();
        return Optional.of(read);
    }

    private OptionalInt intWithin(String key, int least, int most) {
        OptionalLong value = fields.integer(key);
        if (value.isPresent() && (value.getAsLong() < least || value.getAsLong() > most)) {
            fields.problem(key, "must be from " + least + " to " + most);
            return OptionalInt.empty();
        }
        return value.isPresent() ? OptionalInt.of((int) value.getAsLong()) : OptionalInt.empty();
    }
}
