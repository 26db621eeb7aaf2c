package dev.osie.build.runtime;

import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import java.util.List;

/**
 * What LinuxKit gives the tree of every image, whatever the image holds: mount points, {@code etc/hosts}, {@code etc/resolv.conf}, and
 * {@code etc/mtab} if there is none.
 */
public final class ImageDefaults {
    /** Where, below {@code containers/layers}, what an image may lack lies: the lowest layer of all. */
    public static final String LOWEST = "defaults";

    /** Where what a container has in place of the image's own lies: the topmost layer. */
    public static final String CONTAINER = "container";

    /** The same for a volume. */
    public static final String VOLUME = "volume";

    private static final String HOSTS = """
            127.0.0.1       localhost
            ::1     localhost ip6-localhost ip6-loopback
            fe00::0 ip6-localnet
            ff00::0 ip6-mcastprefix
            ff02::1 ip6-allnodes
            ff02::2 ip6-allrouters
            """;

    private static final List<String> DIRECTORIES = List.of("dev", "dev/pts", "dev/shm", "etc", "proc", "sys");

    private final long mtime;

    /** @param mtime of everything that is made, in seconds since 1970 */
    public ImageDefaults(long mtime) {
        this.mtime = mtime;
    }

    /** What is used where an image has nothing of its own. */
    public Tree lowest() {
        return directories()
                .put("etc/mtab", new Node.Symlink(Attributes.root(0755, mtime), "/proc/mounts"))
                .build(mtime);
    }

    /** What replaces a container's own: name servers are the runtime's to bind. */
    public Tree container() {
        Content none = Content.of("\n# no resolv.conf configured\n");
        return hosts().put("etc/resolv.conf", new Node.RegularFile(Attributes.root(0644, mtime), none))
                .build(mtime);
    }

    /** What replaces the own of the root and of volumes: name servers are what the machine finds out. */
    public Tree host() {
        return hosts().put(
                        "etc/resolv.conf",
                        new Node.Symlink(Attributes.root(0644, mtime), "/run/resolvconf/resolv.conf"))
                .build(mtime);
    }

    private Tree.Builder hosts() {
        return directories().put("etc/hosts", new Node.RegularFile(Attributes.root(0644, mtime), Content.of(HOSTS)));
    }

    private Tree.Builder directories() {
        Tree.Builder tree = new Tree.Builder();
        DIRECTORIES.forEach(path -> tree.put(path, new Node.Directory(Attributes.root(0755, mtime))));
        return tree;
    }
}
