package dev.osie.build.spec;

import dev.osie.build.yaml.Position;
import java.util.List;

/**
 * A mount in the terms of the OCI runtime specification.
 *
 * @param type empty when the options say what it is
 * @param source empty when there is none; for a bind without a leading slash, the name of a volume
 */
public record Mount(String destination, String type, String source, List<String> options, Position position) {
    public Mount {
        options = List.copyOf(options);
    }

    public boolean isBind() {
        return type.equals("bind") || options.contains("bind") || options.contains("rbind");
    }

    /** Whether the source is the name of a volume of the document. */
    public boolean isVolume() {
        return isBind() && !source.isEmpty() && !source.startsWith("/");
    }
}
