package dev.osie.build.spec;

import dev.osie.build.spec.ContainerEntry.Section;
import dev.osie.build.yaml.YamlNode;
import java.util.List;
import java.util.Map;

/**
 * What {@code osie:} says about the document's containers.
 *
 * @param hardened whether containers are hardened of which nothing else is said
 * @param containers settings by section and name
 * @param supervision of services, by name
 * @param names of the containers, where they stand in {@code osie:}
 */
public record Settings(
        boolean hardened,
        Map<Section, Map<String, ContainerSettings>> containers,
        Map<String, Supervision> supervision,
        Map<Section, List<YamlNode.Scalar>> names) {
    /** A document that says nothing, such as plain LinuxKit YAML. */
    static final Settings NONE = new Settings(false, Map.of(), Map.of(), Map.of());

    public Settings {
        containers = Map.copyOf(containers);
        supervision = Map.copyOf(supervision);
        names = Map.copyOf(names);
    }

    /** The settings of a container. */
    public ContainerSettings of(ContainerEntry entry) {
        return containers.getOrDefault(entry.section(), Map.of()).getOrDefault(entry.name(), ContainerSettings.NONE);
    }

    /** Whether a container is hardened, by its own settings or else by the document's default. */
    public boolean isHardened(ContainerEntry entry) {
        return of(entry).hardened().orElse(hardened);
    }

    /** The supervision of a service. */
    public Supervision supervision(String service) {
        return supervision.getOrDefault(service, Supervision.NONE);
    }
}
