package dev.osie.build.spec;

import dev.osie.build.yaml.YamlNode;

/**
 * Limits of a container's cgroup. The document has been checked; it keeps the names of the OCI runtime specification ("Linux
 * Container Configuration", "Control groups"), except for {@code blockio}.
 */
public record Resources(YamlNode.Mapping values) {}
