package dev.osie.build.runtime;

import dev.osie.build.spec.Mount;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * An overlay over the layers of an image, with a tmpfs for what is written. A read-only container gets the same: its config.json
 * makes the root read-only, and only after the runtime has made the mount points that the image lacks.
 *
 * @param base the directory of the bundle, absolute
 * @param target the directory below it that the overlay is mounted on
 * @param layers names of directories below {@code /containers/layers}, lowest first
 */
record RootFilesystem(String base, String target, List<String> layers, Position position) {
    static final String LAYERS = "/containers/layers";

    /** What the image may lack: mount points and the files that LinuxKit gives every container. */
    static final String DEFAULTS = "defaults";

    /** mount(2) takes one page of options, the NUL at the end included. */
    private static final int MAX_OPTIONS = 4095;

    /** The mounts as LinuxKit's runtime.json lists them. */
    List<Mount> mounts() {
        String options = "lowerdir=" + lowerDirectories(LAYERS + "/");
        return List.of(
                mount(base + "/tmp", "tmpfs", "tmpfs", List.of()),
                mount(base + "/tmp", "", "", List.of("remount", "private")),
                mount(base + "/" + target, "overlay", "overlay", List.of(options, upper(), work())));
    }

    /** The same for a shell; names relative to the directory of the layers leave room for twice as many. */
    List<String> commands(List<String> furtherOptions) {
        List<String> options = new ArrayList<>(furtherOptions);
        options.add("lowerdir=" + lowerDirectories(""));
        options.add(upper());
        options.add(work());
        String joined = String.join(",", options);
        if (joined.getBytes(StandardCharsets.UTF_8).length > MAX_OPTIONS) {
            throw Problems.failure(
                            position,
                            "an image of " + layers.size()
                                    + " layers has more than the kernel can mount over each other in one overlay")
                    .hint("Perhaps the image can be built with fewer layers.");
        }
        return List.of(
                Shell.command("mount", "-t", "tmpfs", "tmpfs", base + "/tmp"),
                Shell.command("mkdir", base + "/tmp/upper", base + "/tmp/work"),
                "cd " + LAYERS,
                Shell.command("mount", "-t", "overlay", "-o", joined, "overlay", base + "/" + target),
                "cd /");
    }

    private String upper() {
        return "upperdir=" + base + "/tmp/upper";
    }

    private String work() {
        return "workdir=" + base + "/tmp/work";
    }

    /** Overlay wants the topmost first. */
    private String lowerDirectories(String prefix) {
        List<String> directories = new ArrayList<>(layers);
        Collections.reverse(directories);
        directories.add(DEFAULTS);
        return directories.stream()
                .map(layer -> prefix + layer)
                .reduce((a, b) -> a + ":" + b)
                .orElseThrow();
    }

    private Mount mount(String destination, String type, String source, List<String> options) {
        return new Mount(destination, type, source, options, position);
    }
}
