package dev.osie.build.spec;

import dev.osie.build.spec.ContainerOptions.Interface;
import dev.osie.build.spec.ContainerOptions.Runtime;
import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.YamlNode;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads {@code runtime} of a container: what is set up on the host before the container is created. */
final class RuntimeReader {
    /** The kinds of namespaces that can be bound, as /proc/PID/ns names them. */
    static final List<String> NAMESPACES = List.of("cgroup", "ipc", "mnt", "net", "pid", "user", "uts");

    private static final Pattern CONTAINERD_NAMESPACE = Pattern.compile("[A-Za-z0-9]+([._-][A-Za-z0-9]+)*");

    /** What dev_valid_name() of the kernel lets through, without what a shell or a path would trip over. */
    private static final Pattern INTERFACE = Pattern.compile("(?!\\.\\.?$)[A-Za-z0-9_.-]{1,15}");

    private static final Pattern LINK_KIND = Pattern.compile("[a-z0-9_]{1,32}");
    private static final String VETH = "veth";

    private final Fields fields;
    private final MountReader mounts;

    private RuntimeReader(Fields fields) {
        this.fields = fields;
        this.mounts = new MountReader(fields.problems());
    }

    static Runtime read(Fields fields) {
        RuntimeReader reader = new RuntimeReader(fields);
        Runtime runtime = new Runtime(
                fields.textItems("cgroups", reader::inside),
                fields.items("mounts", reader.mounts::runtimeMount),
                fields.textItems("mkdir", reader::inside),
                fields.items("interfaces", reader::networkInterface),
                reader.bindNamespaces(),
                fields.text("namespace").filter(name -> !name.isEmpty()));
        runtime.namespace()
                .filter(name -> !CONTAINERD_NAMESPACE.matcher(name).matches())
                .ifPresent(name -> fields.problem("namespace", "is not a namespace of containerd: '" + name + "'"));
        fields.finish();
        return runtime;
    }

    private Optional<String> inside(String path, Position position) {
        if (path.isEmpty()) {
            fields.problems().add(position, "an empty path");
            return Optional.empty();
        }
        return mounts.inside(path, position) ? Optional.of(path) : Optional.empty();
    }

    private Optional<Interface> networkInterface(YamlNode node) {
        Fields inner = Fields.of(node, "an interface of " + fields.what(), fields.problems());
        Optional<String> name = inner.requiredNode("name")
                .flatMap(value -> inner.text("name"))
                .filter(text -> isName(inner, "name", text));
        Optional<String> add = inner.text("add").filter(kind -> !kind.isEmpty());
        Optional<String> peer = inner.text("peer").filter(other -> !other.isEmpty());
        boolean createInRoot = inner.bool("createInRoot").orElse(false);
        inner.finish();
        // A peer says what kind of link it is, as in LinuxKit.
        Optional<String> kind = add.or(() -> peer.map(other -> VETH));
        boolean veth = kind.filter(VETH::equals).isPresent();
        boolean reachable = peer.isEmpty() || isName(inner, "peer", peer.get());
        if (kind.filter(word -> !LINK_KIND.matcher(word).matches()).isPresent()) {
            inner.problem("add", "must be a kind of link such as veth or dummy, not '" + kind.get() + "'");
            return Optional.empty();
        }
        if (veth && peer.isEmpty()) {
            inner.problem("add", "is veth, so it needs the key 'peer': the name of the end that stays on the host");
            return Optional.empty();
        }
        if (!veth && peer.isPresent()) {
            inner.problem("peer", "is only for a link of the kind veth, not " + kind.orElseThrow());
            return Optional.empty();
        }
        return name.filter(text -> reachable).map(text -> new Interface(text, kind, createInRoot, peer));
    }

    private static boolean isName(Fields fields, String key, String name) {
        if (INTERFACE.matcher(name).matches()) {
            return true;
        }
        fields.problem(
                key,
                "must be the name of a network interface: 1 to 15 letters, digits, '.', '_' or '-', not '" + name
                        + "'");
        return false;
    }

    private SortedMap<String, String> bindNamespaces() {
        SortedMap<String, String> paths = new TreeMap<>();
        fields.fields("bindNS").ifPresent(bind -> {
            for (String name : NAMESPACES) {
                bind.text(name).filter(path -> !path.isEmpty()).ifPresent(path -> {
                    if (!path.startsWith("/")) {
                        bind.problem(name, "must be a path that begins with '/', not '" + path + "'");
                    } else if (mounts.inside(path, bind.node(name).orElseThrow().position())) {
                        paths.put(name, path);
                    }
                });
            }
            bind.finish();
        });
        return paths;
    }
}
