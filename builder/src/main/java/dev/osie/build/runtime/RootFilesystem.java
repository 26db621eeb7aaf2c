package dev.osie.build.runtime;

import dev.osie.build.spec.Mount;
import java.util.List;

/** How the root of a container, or what a volume shows, is mounted. */
interface RootFilesystem {
    /** The mounts as LinuxKit's runtime.json lists them. */
    List<Mount> mounts();

    /**
     * The same for a shell.
     *
     * @param options of the mount beside its own
     */
    List<String> commands(List<String> options);
}
