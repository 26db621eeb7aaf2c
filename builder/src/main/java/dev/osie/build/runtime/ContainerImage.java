package dev.osie.build.runtime;

import java.util.List;
import java.util.Optional;

/**
 * What a bundle takes from its image (OCI image specification, "Image Configuration").
 *
 * @param user {@code uid}, {@code uid:gid}, a name that the image does not list, or empty
 * @param workingDir empty for none
 * @param label the text of the label {@code org.mobyproject.config}
 * @param layers names of the directories below {@code /containers/layers} that hold the image's layers, lowest first
 */
public record ContainerImage(
        List<String> entrypoint,
        List<String> cmd,
        List<String> env,
        String workingDir,
        String user,
        Optional<String> label,
        List<String> layers) {
    public ContainerImage {
        entrypoint = List.copyOf(entrypoint);
        cmd = List.copyOf(cmd);
        env = List.copyOf(env);
        layers = List.copyOf(layers);
    }
}
