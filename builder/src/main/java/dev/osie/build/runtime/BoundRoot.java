package dev.osie.build.runtime;

import dev.osie.build.spec.Mount;
import dev.osie.build.yaml.Position;
import java.util.ArrayList;
import java.util.List;

/**
 * A tree as it lies in the initramfs, bound to where the runtime expects it: the root of LinuxKit's read-only containers.
 *
 * @param source of the bind, absolute; it may be the target itself
 * @param target absolute
 */
record BoundRoot(String source, String target, Position position) implements RootFilesystem {
    @Override
    public List<Mount> mounts() {
        return List.of(new Mount(target, "", source, List.of("bind"), position));
    }

    @Override
    public List<String> commands(List<String> options) {
        List<String> all = new ArrayList<>(List.of("bind"));
        all.addAll(options);
        return List.of(Shell.command("mount", "-o", String.join(",", all), source, target));
    }
}
