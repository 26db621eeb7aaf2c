package dev.osie.build.spec;

import dev.osie.build.spec.ContainerEntry.Section;
import dev.osie.build.spec.ContainerSettings.Seccomp;
import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Suggestion;
import dev.osie.build.yaml.YamlNode;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads what {@code osie:} says about containers: {@code defaults}, {@code onboot}, {@code onshutdown} and {@code services}. */
final class SettingsReader {
    /** What cgroup v2 has files of (the kernel's Documentation/admin-guide/cgroup-v2.rst, "Controllers"). */
    private static final List<String> CONTROLLERS =
            List.of("cpu", "cpuset", "hugetlb", "io", "memory", "misc", "pids", "rdma");

    private static final Pattern LIMIT = Pattern.compile("(?=.{1,128}$)([a-z]+)(\\.[A-Za-z0-9_]+)+");

    private final Map<Section, Map<String, ContainerSettings>> containers = new EnumMap<>(Section.class);
    private final Map<String, Supervision> supervision = new LinkedHashMap<>();
    private final Map<Section, List<YamlNode.Scalar>> names = new EnumMap<>(Section.class);

    private SettingsReader() {}

    static Settings read(Fields osie) {
        SettingsReader reader = new SettingsReader();
        boolean hardened = osie.fields("defaults").map(SettingsReader::defaults).orElse(false);
        for (Section section : Section.values()) {
            osie.fields(section.toString()).ifPresent(entries -> reader.section(section, entries));
        }
        return new Settings(hardened, reader.containers, reader.supervision, reader.names);
    }

    private static boolean defaults(Fields fields) {
        boolean hardened = fields.bool("hardened").orElse(false);
        fields.finish();
        return hardened;
    }

    private void section(Section section, Fields entries) {
        Map<String, ContainerSettings> read = new LinkedHashMap<>();
        for (YamlNode.Scalar key : entries.keys()) {
            String name = key.text();
            entries.node(name).ifPresent(node -> {
                String what = "the settings of " + ContainerEntry.describe(section, name);
                Fields fields = Fields.of(node, what, entries.problems());
                read.put(name, container(fields));
                if (section == Section.SERVICES) {
                    supervision.put(name, SupervisionReader.read(fields));
                }
                fields.finish();
            });
        }
        containers.put(section, read);
        names.put(section, entries.keys());
    }

    private static ContainerSettings container(Fields fields) {
        return new ContainerSettings(
                fields.bool("hardened"),
                fields.text("seccomp").map(text -> new Seccomp(text, position(fields, "seccomp"))),
                masksPaths(fields),
                fields.fields("resources").map(SettingsReader::resources).orElseGet(TreeMap::new));
    }

    private static Optional<Boolean> masksPaths(Fields fields) {
        Optional<String> word = fields.text("masked-paths");
        word.filter(text -> !List.of("default", "none").contains(text))
                .ifPresent(text -> fields.problem("masked-paths", "must be default or none, not '" + text + "'"));
        return word.map("default"::equals);
    }

    private static SortedMap<String, String> resources(Fields resources) {
        SortedMap<String, String> unified = new TreeMap<>();
        resources.fields("unified").ifPresent(fields -> {
            for (YamlNode.Scalar key : fields.keys()) {
                fields.text(key.text()).ifPresent(value -> {
                    checkLimit(fields, key);
                    unified.put(key.text(), value);
                });
            }
        });
        resources.finish();
        return unified;
    }

    private static void checkLimit(Fields fields, YamlNode.Scalar key) {
        String controller = key.text().replaceFirst("\\..*", "");
        if (CONTROLLERS.contains(controller) && LIMIT.matcher(key.text()).matches()) {
            return;
        }
        String expected = Suggestion.closest(controller, CONTROLLERS)
                .filter(closest -> !closest.equals(controller))
                .map(closest -> "did you mean '" + closest + "'?")
                .orElse("expected a name such as memory.max or pids.max");
        fields.problems()
                .add(
                        key.position(),
                        "'" + key.text() + "' of " + fields.what() + " is no file of a cgroup v2 controller — "
                                + expected);
    }

    private static Position position(Fields fields, String key) {
        return fields.node(key).map(YamlNode::position).orElse(fields.position());
    }
}
