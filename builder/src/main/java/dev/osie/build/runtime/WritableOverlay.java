package dev.osie.build.runtime;

import dev.osie.build.spec.Mount;
import dev.osie.build.yaml.Position;
import java.util.ArrayList;
import java.util.List;

/**
 * An overlay whose upper directory is in a tmpfs, {@code tmp} of the bundle.
 *
 * @param base the directory of the bundle, absolute
 * @param target the directory below it that the overlay is mounted on
 * @param lowerDirectories as the option {@code lowerdir} of overlay takes them
 */
record WritableOverlay(String base, String target, String lowerDirectories, Position position)
        implements RootFilesystem {
    @Override
    public List<Mount> mounts() {
        return List.of(
                mount(base + "/tmp", "tmpfs", "tmpfs", List.of()),
                mount(base + "/tmp", "", "", List.of("remount", "private")),
                mount(base + "/" + target, "overlay", "overlay", List.of(lower(), upper(), work())));
    }

    @Override
    public List<String> commands(List<String> options) {
        return commands(options, "/");
    }

    /** @param directory that relative lower directories are below */
    List<String> commands(List<String> options, String directory) {
        List<String> commands = new ArrayList<>();
        commands.add(Shell.command("mount", "-t", "tmpfs", "tmpfs", base + "/tmp"));
        commands.add(Shell.command("mkdir", base + "/tmp/upper", base + "/tmp/work"));
        boolean relative = !directory.equals("/");
        if (relative) {
            commands.add("cd " + directory);
        }
        commands.add(Shell.command("mount", "-t", "overlay", "-o", options(options), "overlay", base + "/" + target));
        if (relative) {
            commands.add("cd /");
        }
        return commands;
    }

    String options(List<String> further) {
        List<String> options = new ArrayList<>(further);
        options.addAll(List.of(lower(), upper(), work()));
        return String.join(",", options);
    }

    private String lower() {
        return "lowerdir=" + lowerDirectories;
    }

    private String upper() {
        return "upperdir=" + base + "/tmp/upper";
    }

    private String work() {
        return "workdir=" + base + "/tmp/work";
    }

    private Mount mount(String destination, String type, String source, List<String> options) {
        return new Mount(destination, type, source, options, position);
    }
}
