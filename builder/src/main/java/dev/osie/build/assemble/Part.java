package dev.osie.build.assemble;

import dev.osie.build.initramfs.Unit;
import java.util.List;

/**
 * A unit of an OSIE, and which entry of the document asked for it.
 *
 * @param origin what it was made from, for people
 * @param source what LinuxKit calls the source: the reference of an image, {@code linuxkit.files} or {@code linuxkit.volumes}
 * @param location the entry of the document in LinuxKit's spelling: {@code kernel}, {@code init[0]}, {@code services[2]}
 * @param files paths that entries of {@code files} ask for, in their order; only for the unit of those files
 */
public record Part(Unit unit, String origin, String source, String location, List<String> files) {
    public Part {
        files = List.copyOf(files);
    }

    /** The entry of the document that asked for what lies at a path. */
    public String location(String path) {
        for (int i = 0; i < files.size(); i++) {
            if (files.get(i).equals(path) || files.get(i).startsWith(path + "/")) {
                return location + "[" + i + "]";
            }
        }
        return location;
    }
}
