package dev.osie.build.spec;

import static java.util.function.Predicate.not;

import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlNode;
import dev.osie.build.yaml.YamlReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An entry of {@code onboot}, {@code onshutdown} or {@code services}.
 *
 * @param section which of the three
 * @param name safe as the name of a directory and of a container
 * @param options what the entry itself says; {@link #withLabel} adds what the image's label says
 * @param source the entry as it stands in the document
 */
public record ContainerEntry(
        Section section,
        String name,
        ImageName image,
        ContainerOptions options,
        YamlNode.Mapping source,
        Position position) {
    private static final Set<String> NOT_IN_LABEL = Set.of("name", "image", "capabilities.add", "binds.add");

    /** Mappings whose keys are merged one by one. */
    private static final Set<String> JOINED = Set.of("runtime", "bindNS");

    /** The sections that hold containers, in the order LinuxKit numbers their entries. */
    public enum Section {
        ONBOOT("onboot"),
        ONSHUTDOWN("onshutdown"),
        SERVICES("services");

        private final String key;

        Section(String key) {
            this.key = key;
        }

        /** The key in documents, and the name of the directory below {@code containers}. */
        @Override
        public String toString() {
            return key;
        }
    }

    /** What messages call it: {@code service 'docker'}, {@code onboot 'dhcp'}. */
    public String describe() {
        return describe(section, name);
    }

    static String describe(Section section, String name) {
        return (section == Section.SERVICES ? "service" : section.toString()) + " '" + name + "'";
    }

    /**
     * The entry together with what the image's label {@code org.mobyproject.config} asks for. A field of the entry replaces the
     * label's as a whole; {@code capabilities.add}, {@code binds.add}, the fields of {@code runtime} and those of its {@code bindNS} are joined to the
     * label's.
     *
     * @param label the label's text, JSON or YAML with the fields of an entry
     */
    public ContainerEntry withLabel(String label) {
        String document = "label org.mobyproject.config of " + image.text();
        YamlNode read = YamlReader.read(document, label);
        Problems problems = new Problems();
        if (!(read instanceof YamlNode.Mapping mapping)) {
            problems.add(read.position(), "the label must be a mapping, not " + read.describe());
            problems.throwIfAny();
            return this;
        }
        Map<String, YamlNode.Entry> merged = new LinkedHashMap<>();
        mapping.entries().stream()
                .filter(not(entry -> NOT_IN_LABEL.contains(entry.key().text())))
                .forEach(entry -> merged.put(entry.key().text(), entry));
        source.entries().forEach(entry -> merged.merge(entry.key().text(), entry, ContainerEntry::override));
        YamlNode.Mapping joined = new YamlNode.Mapping(List.copyOf(merged.values()), source.position());
        ContainerEntry result = ContainerReader.read(section, joined, problems).orElse(this);
        problems.throwIfAny();
        return result;
    }

    private static YamlNode.Entry override(YamlNode.Entry label, YamlNode.Entry own) {
        if (JOINED.contains(own.key().text())
                && label.value() instanceof YamlNode.Mapping below
                && own.value() instanceof YamlNode.Mapping above) {
            Map<String, YamlNode.Entry> fields = new LinkedHashMap<>();
            below.entries().forEach(entry -> fields.put(entry.key().text(), entry));
            above.entries().forEach(entry -> fields.merge(entry.key().text(), entry, ContainerEntry::override));
            return new YamlNode.Entry(own.key(), new YamlNode.Mapping(List.copyOf(fields.values()), above.position()));
        }
        return own;
    }
}
