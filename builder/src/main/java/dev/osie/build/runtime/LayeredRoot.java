package dev.osie.build.runtime;

import dev.osie.build.spec.Mount;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An overlay over the layers of an image, with a tmpfs for what is written. A read-only container gets the same: its config.json
 * makes the root read-only, and only after the runtime has made the mount points that the image lacks.
 *
 * @param base the directory of the bundle, absolute
 * @param target the directory below it that the overlay is mounted on
 * @param layers names of directories below {@code /containers/layers}, lowest first
 * @param top the name of one more, which lies above them
 */
record LayeredRoot(String base, String target, List<String> layers, String top, Position position)
        implements RootFilesystem {
    static final String LAYERS = "/containers/layers";

    /** mount(2) takes one page of options, the NUL at the end included. */
    private static final int MAX_OPTIONS = 4095;

    @Override
    public List<Mount> mounts() {
        return writable(lowerDirectories(LAYERS + "/")).mounts();
    }

    /** Names relative to the directory of the layers leave room for twice as many. */
    @Override
    public List<String> commands(List<String> options) {
        WritableOverlay overlay = writable(lowerDirectories(""));
        String joined = overlay.options(options);
        if (joined.getBytes(StandardCharsets.UTF_8).length > MAX_OPTIONS) {
            throw Problems.failure(
                            position,
                            "an image of " + layers.size()
                                    + " layers has more than the kernel can mount over each other in one overlay")
                    .hint("Perhaps the image can be built with fewer layers.");
        }
        return overlay.commands(options, LAYERS);
    }

    private WritableOverlay writable(String lowerDirectories) {
        return new WritableOverlay(base, target, lowerDirectories, position);
    }

    /** Overlay wants the topmost first. */
    private String lowerDirectories(String prefix) {
        List<String> directories = new ArrayList<>(layers);
        directories.add(0, ImageDefaults.LOWEST);
        directories.add(top);
        Collections.reverse(directories);
        return directories.stream().map(layer -> prefix + layer).collect(Collectors.joining(":"));
    }
}
