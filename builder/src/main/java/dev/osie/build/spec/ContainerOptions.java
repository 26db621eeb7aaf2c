package dev.osie.build.spec;

import static java.util.Collections.unmodifiableSortedMap;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a document says about a container; what is absent is left to the image, then to LinuxKit's defaults. */
public record ContainerOptions(Process process, Filesystem filesystem, Isolation isolation, Runtime runtime) {
    /**
     * The process.
     *
     * @param command replaces the image's entrypoint and cmd
     * @param env replaces the image's environment, {@code NAME=value}
     * @param capabilities in the order given, {@code all} spelled out
     * @param ambient capabilities
     */
    public record Process(
            Optional<List<String>> command,
            Optional<List<String>> env,
            Optional<String> cwd,
            Optional<Identity> uid,
            Optional<Identity> gid,
            List<Identity> additionalGids,
            List<String> capabilities,
            List<String> ambient,
            List<Rlimit> rlimits,
            boolean noNewPrivileges,
            OptionalInt oomScoreAdj) {}

    /**
     * What the container sees of file systems and devices.
     *
     * @param mounts {@code tmpfs}, {@code binds} and {@code mounts} in this order: a later one replaces an earlier one of the same
     *     destination
     */
    public record Filesystem(
            List<Mount> mounts,
            boolean readonly,
            List<Device> devices,
            Optional<String> rootfsPropagation,
            List<String> maskedPaths,
            List<String> readonlyPaths) {}

    /**
     * Namespaces, limits and names.
     *
     * @param namespaces the ones that differ from the host's, in LinuxKit's order
     */
    public record Isolation(
            List<Namespace> namespaces,
            List<IdMapping> uidMappings,
            List<IdMapping> gidMappings,
            Optional<String> hostname,
            Optional<String> cgroupsPath,
            Resources resources,
            SortedMap<String, String> sysctl,
            SortedMap<String, String> annotations) {
        public Isolation {
            sysctl = unmodifiableSortedMap(new TreeMap<>(sysctl));
            annotations = unmodifiableSortedMap(new TreeMap<>(annotations));
        }
    }

    /**
     * What is set up on the host before the container is created.
     *
     * @param cgroups to create, relative to the root of the hierarchy
     * @param mounts whose relative destinations are inside the container's root
     * @param mkdir directories to make; relative ones inside the container's root
     * @param interfaces the container gets in its own network namespace
     * @param bindNamespaces where to bind the container's namespaces once it is created: absolute paths by the names
     *     {@code cgroup}, {@code ipc}, {@code mnt}, {@code net}, {@code pid}, {@code user} and {@code uts}
     * @param namespace containerd's namespace for the container
     */
    public record Runtime(
            List<String> cgroups,
            List<Mount> mounts,
            List<String> mkdir,
            List<Interface> interfaces,
            SortedMap<String, String> bindNamespaces,
            Optional<String> namespace) {
        /** Nothing to set up. */
        public static final Runtime NONE =
                new Runtime(List.of(), List.of(), List.of(), List.of(), new TreeMap<>(), Optional.empty());

        public Runtime {
            bindNamespaces = unmodifiableSortedMap(new TreeMap<>(bindNamespaces));
        }
    }

    /**
     * A network interface that is moved into the container's network namespace, or made for it.
     *
     * @param name of the interface in the container
     * @param add the kind of link to make, such as {@code dummy} or {@code veth}; absent to move one that the host has
     * @param createInRoot whether to make it in the host's namespace and then move it
     * @param peer the other end of a veth pair, which stays on the host; present exactly when {@code add} is {@code veth}
     */
    public record Interface(String name, Optional<String> add, boolean createInRoot, Optional<String> peer) {}

    /**
     * A namespace of the container's own.
     *
     * @param type as in the OCI runtime specification
     * @param path of an existing namespace to join; absent for a new one
     */
    public record Namespace(String type, Optional<String> path) {}

    /** A mapping of user or group ids between the container and the host. */
    public record IdMapping(long hostId, long containerId, long size) {}

    /**
     * A limit of the process (setrlimit(2)).
     *
     * @param type with its prefix {@code RLIMIT_}
     * @param soft {@code unlimited} is 2^64-1, so read it as unsigned
     */
    public record Rlimit(String type, long soft, long hard) {}

    /**
     * A device node the container gets, or with the path {@code all} the permission for every device.
     *
     * @param type {@code a}, {@code b}, {@code c}, {@code u} or {@code p}
     * @param mode permission bits of the node
     */
    public record Device(String path, String type, long major, long minor, OptionalInt mode) {
        public boolean isAll() {
            return path.equals("all");
        }
    }
}
