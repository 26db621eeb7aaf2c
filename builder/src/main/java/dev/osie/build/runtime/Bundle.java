package dev.osie.build.runtime;

import dev.osie.build.spec.ImageName;
import dev.osie.build.tree.Tree;
import java.util.Optional;

/**
 * Part of an OSIE's tree that belongs to one container or volume.
 *
 * @param directory without a leading slash, such as {@code containers/services/docker}
 * @param location its entry of the document in LinuxKit's spelling, such as {@code services[2]}
 * @param source the image that it is made from, if any
 * @param tree whose entries lie at and below that directory, with their full paths
 * @param image what lies there of an image, beside the tree; nothing when the root is made of shared layers, or lies in another bundle
 */
public record Bundle(
        String directory, String location, Optional<ImageName> source, Tree tree, Optional<ImageTree> image) {}
