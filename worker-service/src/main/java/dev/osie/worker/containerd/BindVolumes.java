package dev.osie.worker.containerd;

import dev.osie.worker.action.Action;
import dev.osie.worker.action.ActionFailure;
import dev.osie.worker.console.Console;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The volumes of an action, {@code source:target[:options]}: directories and files of the machine that the container has as well. */
final class BindVolumes {
    private static final Set<String> PROPAGATION =
            Set.of("shared", "rshared", "slave", "rslave", "private", "rprivate");

    /** What Docker knows and nothing is to be done for: labels of SELinux, names of caches on other systems, copying into named volumes. */
    private static final Set<String> WITHOUT_MEANING =
            Set.of("rw", "rbind", "z", "Z", "nocopy", "consistent", "cached", "delegated");

    private final MachineRoot machine;
    private final Console console;

    BindVolumes(MachineRoot machine, Console console) {
        this.machine = machine;
        this.console = console;
    }

    /**
     * A mount of a container.
     *
     * @param options as mount(8) calls them
     */
    record Bind(String source, String target, List<String> options) {}

    /**
     * Reads an action's volumes and makes source directories that aren't there, as Docker does. Volumes that are no place of the machine are
     * left out, as Tinkerbell's agent does it: nothing here keeps such.
     */
    List<Bind> of(Action action) throws ActionFailure {
        List<Bind> binds = new ArrayList<>();
        for (String volume : action.volumes()) {
            String[] parts = volume.split(":", -1);
            boolean path = parts[0].startsWith("/") || parts[0].startsWith(".");
            if (parts.length == 1 || !path) {
                console.line(action + ": the volume " + volume + " is no directory of the machine and is left out");
            } else if (parts.length > 3 || !parts[1].startsWith("/")) {
                throw new ActionFailure("the volume " + volume + " isn't source:target[:options]");
            } else {
                binds.add(bind(volume, parts));
            }
        }
        return binds;
    }

    private Bind bind(String volume, String[] parts) throws ActionFailure {
        String source = Path.of("/").resolve(parts[0]).normalize().toString();
        String propagation = "rprivate";
        boolean readOnly = false;
        for (String option : parts.length == 3 ? parts[2].split(",") : new String[0]) {
            if (PROPAGATION.contains(option)) {
                propagation = option;
            } else if (option.equals("ro")) {
                readOnly = true;
            } else if (!WITHOUT_MEANING.contains(option)) {
                throw new ActionFailure("the volume " + volume + " has the unknown option " + option);
            }
        }
        try {
            machine.makeDirectory(source);
        } catch (IOException e) {
            throw new ActionFailure("can't make " + source + " for the volume " + volume, e);
        }
        return new Bind(source, parts[1], List.of("rbind", propagation, readOnly ? "ro" : "rw"));
    }
}
