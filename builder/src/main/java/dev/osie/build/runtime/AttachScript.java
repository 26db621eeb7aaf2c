package dev.osie.build.runtime;

import dev.osie.build.spec.ContainerOptions.Interface;
import dev.osie.build.spec.ContainerOptions.Runtime;
import dev.osie.build.tree.Content;
import java.util.Optional;

/**
 * Writes the shell script that the runtime runs on the host once a container's namespaces are there and before its program starts (OCI
 * runtime specification, "createRuntime Hooks"): it gives the container its network interfaces and binds its namespaces. Its functions
 * are those of {@code images/init/attach.sh}.
 */
final class AttachScript {
    private AttachScript() {}

    /** The script; nothing when there is nothing to do. */
    static Optional<Content> of(Runtime runtime) {
        if (runtime.interfaces().isEmpty() && runtime.bindNamespaces().isEmpty()) {
            return Optional.empty();
        }
        StringBuilder script = new StringBuilder("#!/bin/sh\nset -e\n. /usr/lib/osie-build/attach.sh\n");
        runtime.interfaces().forEach(link -> script.append(command(link)).append('\n'));
        runtime.bindNamespaces()
                .forEach((type, path) -> script.append(Shell.command("bind_namespace", type, path))
                        .append('\n'));
        return Optional.of(Content.of(script.toString()));
    }

    private static String command(Interface link) {
        if (link.peer().isPresent()) {
            return Shell.command("add_veth", link.name(), link.peer().get());
        }
        if (link.add().isEmpty()) {
            return Shell.command("move_interface", link.name());
        }
        String kind = link.add().get();
        return link.createInRoot()
                ? Shell.command("add_interface_and_move", link.name(), kind)
                : Shell.command("add_interface", link.name(), kind);
    }
}
