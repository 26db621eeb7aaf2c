package dev.osie.worker.containerd;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.osie.worker.action.Action;
import dev.osie.worker.action.ActionFailure;
import dev.osie.worker.containerd.BindVolumes.Bind;
import dev.osie.worker.image.ImageConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * The configuration of an action's container (OCI runtime specification): privileged, with the machine's devices, as Docker makes it for a
 * privileged container, but for the network, which is the machine's own unless the action wants none: there is no bridge.
 */
final class ContainerSpec {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /** What tells programs in a container of the machine's network where names are looked up. */
    private static final List<String> NAME_FILES = List.of("/etc/resolv.conf", "/etc/hosts");

    private final Action action;
    private final ImageConfig image;
    private final ContainerUser user;
    private final List<Bind> volumes;
    private final MachineRoot machine;

    ContainerSpec(Action action, ImageConfig image, ContainerUser user, List<Bind> volumes, MachineRoot machine) {
        this.action = action;
        this.image = image;
        this.user = user;
        this.volumes = volumes;
        this.machine = machine;
    }

    /**
     * Writes it.
     *
     * @param cgroup the path of its control group
     */
    byte[] write(String cgroup) throws ActionFailure {
        ObjectNode spec = JSON.createObjectNode();
        spec.put("ociVersion", "1.0.2");
        process(spec.putObject("process"));
        spec.putObject("root").put("path", "rootfs");
        mounts(spec.putArray("mounts"));
        ObjectNode linux = spec.putObject("linux");
        linux.put("cgroupsPath", cgroup);
        linux.put("rootfsPropagation", "rslave");
        ObjectNode devices = linux.putObject("resources").putArray("devices").addObject();
        devices.put("allow", true).put("access", "rwm");
        ArrayNode namespaces = linux.putArray("namespaces");
        for (String type : namespaces()) {
            namespaces.addObject().put("type", type);
        }
        try {
            return JSON.writeValueAsBytes(spec);
        } catch (JsonProcessingException e) {
            throw new ActionFailure("can't describe its container", e);
        }
    }

    private void process(ObjectNode process) throws ActionFailure {
        List<String> arguments = new ArrayList<>(image.entrypoint());
        arguments.addAll(action.command().isEmpty() ? image.command() : action.command());
        if (arguments.isEmpty()) {
            throw new ActionFailure("neither the action nor its image says what to run");
        }
        add(process.putArray("args"), arguments);
        add(process.putArray("env"), environment());
        process.put("cwd", image.directory().isEmpty() ? "/" : image.directory());
        ObjectNode who = process.putObject("user").put("uid", user.user()).put("gid", user.group());
        ArrayNode groups = who.putArray("additionalGids");
        user.groups().forEach(groups::add);
        ObjectNode capabilities = process.putObject("capabilities");
        for (String set : List.of("bounding", "effective", "permitted")) {
            add(capabilities.putArray(set), Privileges.all());
        }
    }

    /** The image's, with the action's in place of those of the same name. */
    private List<String> environment() {
        List<String> environment = new ArrayList<>(List.of(PATH));
        List<String> given = new ArrayList<>(image.environment());
        given.addAll(action.environment());
        for (String variable : given) {
            int equals = variable.indexOf('=');
            String name = equals < 0 ? variable + "=" : variable.substring(0, equals + 1);
            environment.removeIf(other -> other.startsWith(name));
            // A name without value would be the worker's own, which is nobody's business.
            if (equals > 0) {
                environment.add(variable);
            }
        }
        return environment;
    }

    private void mounts(ArrayNode mounts) {
        mount(mounts, "/proc", "proc", "proc", List.of("nosuid", "noexec", "nodev"));
        // The whole directory, not the devices that are there now: a partition that an action makes is one for it as
        // well.
        mount(mounts, "/dev", "bind", "/dev", List.of("rbind", "rslave", "rw"));
        mount(mounts, "/sys", "sysfs", "sysfs", List.of("nosuid", "noexec", "nodev", "rw"));
        mount(mounts, "/sys/fs/cgroup", "cgroup", "cgroup", List.of("nosuid", "noexec", "nodev", "relatime", "rw"));
        for (String file : NAME_FILES) {
            if (machine.has(file)) {
                mount(mounts, file, "bind", file, List.of("rbind", "rprivate", "ro"));
            }
        }
        for (Bind volume : volumes) {
            mount(mounts, volume.target(), "bind", volume.source(), volume.options());
        }
    }

    private static void mount(ArrayNode mounts, String target, String type, String source, List<String> options) {
        ObjectNode mount = mounts.addObject();
        mount.put("destination", target).put("type", type).put("source", source);
        add(mount.putArray("options"), options);
    }

    private List<String> namespaces() throws ActionFailure {
        List<String> namespaces = new ArrayList<>(List.of("mount", "ipc", "uts"));
        switch (action.pidNamespace()) {
            case "" -> namespaces.add("pid");
            case "host" -> {}
            default ->
                throw new ActionFailure("it wants the PID namespace " + action.pidNamespace()
                        + "; with containerd there is its own and host");
        }
        switch (action.networkNamespace()) {
            case "none" -> namespaces.add("network");
            case "", "host", "default", "bridge" -> {}
            default ->
                throw new ActionFailure("it wants the network " + action.networkNamespace()
                        + "; with containerd there is host and none");
        }
        return namespaces;
    }

    private static void add(ArrayNode array, List<String> texts) {
        texts.forEach(array::add);
    }
}
