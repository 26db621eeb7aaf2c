package dev.osie.build.runtime;

import dev.osie.build.spec.ContainerOptions.Runtime;
import dev.osie.build.spec.Mount;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.TreePath;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Writes the shell script that does what runtime.json asks for before a container is created, so that PID 1 needs no JSON parser. It
 * needs mount(8) and mkdir(1) as busybox has them, and stops at the first command that fails.
 */
final class PrepareScript {
    private static final Set<String> PROPAGATIONS =
            Set.of("shared", "slave", "private", "unbindable", "rshared", "rslave", "rprivate", "runbindable");

    private final String root;
    private final StringBuilder script = new StringBuilder("#!/bin/sh\nset -e\numask 022\n");

    /**
     * A script for a bundle.
     *
     * @param root the absolute path that relative destinations are below
     */
    PrepareScript(String root) {
        this.root = root;
    }

    PrepareScript add(List<String> commands) {
        commands.forEach(command -> script.append(command).append('\n'));
        return this;
    }

    /** In LinuxKit's order: mounts, directories, cgroups. */
    PrepareScript add(Runtime runtime) {
        runtime.mounts().forEach(mount -> add(mount(mount)));
        runtime.mkdir().forEach(directory -> add(List.of(Shell.command("mkdir", "-p", absolute(directory)))));
        runtime.cgroups()
                .forEach(cgroup -> add(List.of(Shell.command("mkdir", "-p", "/sys/fs/cgroup/" + TreePath.of(cgroup)))));
        return this;
    }

    Content content() {
        return Content.of(script.toString());
    }

    private List<String> mount(Mount mount) {
        String destination = absolute(mount.destination());
        List<String> options = new ArrayList<>(mount.options());
        List<String> propagations =
                options.stream().filter(PROPAGATIONS::contains).toList();
        options.removeAll(PROPAGATIONS);
        options.remove("rw");
        List<String> commands = new ArrayList<>();
        commands.add(makeTarget(mount, destination));
        for (String option : options) {
            if (option.startsWith("upperdir=") || option.startsWith("workdir=")) {
                commands.add(Shell.command("mkdir", "-p", option.substring(option.indexOf('=') + 1)));
            }
        }
        if (mount.isBind() && !options.contains("remount")) {
            commands.addAll(bind(mount, options, destination));
        } else if (!mount.type().isEmpty() || !options.isEmpty()) {
            commands.add(plain(mount, options, destination));
        }
        // The kernel changes the propagation of a mount only by a call of its own.
        propagations.forEach(word -> commands.add(Shell.command("mount", "--make-" + word, destination)));
        return commands;
    }

    private static String makeTarget(Mount mount, String destination) {
        String directory = Shell.command("mkdir", "-p", destination);
        if (!mount.isBind()) {
            return directory;
        }
        // A file can only be bound onto a file.
        return "if [ -d " + Shell.quote(mount.source()) + " ]; then " + directory + "; else "
                + Shell.command("mkdir", "-p", parent(destination)) + " && : >>" + Shell.quote(destination) + "; fi";
    }

    /** The kernel ignores every other flag of the call that binds. */
    private static List<String> bind(Mount mount, List<String> options, String destination) {
        String kind = options.contains("rbind") ? "rbind" : "bind";
        List<String> flags = new ArrayList<>(options);
        flags.removeAll(Set.of("bind", "rbind"));
        List<String> commands = new ArrayList<>();
        commands.add(Shell.command("mount", "-o", kind, mount.source(), destination));
        if (!flags.isEmpty()) {
            String remount = "remount,bind," + String.join(",", flags);
            commands.add(Shell.command("mount", "-o", remount, mount.source(), destination));
        }
        return commands;
    }

    private static String plain(Mount mount, List<String> options, String destination) {
        List<String> words = new ArrayList<>(List.of("mount"));
        if (!mount.type().isEmpty()) {
            words.addAll(List.of("-t", mount.type()));
        }
        if (!options.isEmpty()) {
            words.addAll(List.of("-o", String.join(",", options)));
        }
        words.add(mount.source().isEmpty() ? "none" : mount.source());
        words.add(destination);
        return Shell.command(words.toArray(String[]::new));
    }

    private String absolute(String path) {
        return path.startsWith("/") ? path : root + "/" + path;
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(1, path.lastIndexOf('/')));
    }
}
