package dev.osie.build.spec;

import dev.osie.build.spec.ContainerOptions.Namespace;
import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.YamlNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code net}, {@code ipc}, {@code uts}, {@code pid} and {@code userns}. */
final class NamespaceReader {
    private final Fields fields;
    private final List<Namespace> namespaces = new ArrayList<>();

    private NamespaceReader(Fields fields) {
        this.fields = fields;
    }

    /** The namespaces that differ from the host's, in LinuxKit's order. */
    static List<Namespace> read(Fields fields) {
        NamespaceReader reader = new NamespaceReader(fields);
        reader.shared("net", "network");
        reader.shared("ipc", "ipc");
        reader.shared("uts", "uts");
        reader.choose("pid", "pid", "new");
        reader.choose("userns", "user", "host");
        reader.namespaces.add(new Namespace("mount", Optional.empty()));
        return List.copyOf(reader.namespaces);
    }

    private void shared(String key, String type) {
        choose(key, type, "host");
    }

    private void choose(String key, String type, String unlessGiven) {
        String choice = fields.text(key).filter(text -> !text.isEmpty()).orElse(unlessGiven);
        boolean isNew = choice.equals("new") || key.equals("net") && choice.equals("none");
        if (isNew) {
            namespaces.add(new Namespace(type, Optional.empty()));
        } else if (choice.startsWith("/")) {
            namespaces.add(new Namespace(type, Optional.of(choice)));
        } else if (!choice.equals("host") && !choice.equals("root")) {
            fields.problems()
                    .add(
                            fields.node(key).map(YamlNode::position).orElse(fields.position()),
                            "'" + key + "' of " + fields.what() + " must be new, host or the path of a namespace, not '"
                                    + choice + "'");
        }
    }
}
