package dev.osie.build.runtime;

import dev.osie.build.tree.Tree;

/**
 * Part of an OSIE's tree that belongs to one container or volume.
 *
 * @param directory without a leading slash, such as {@code containers/services/docker}
 * @param tree whose entries lie at and below that directory, with their full paths
 */
public record Bundle(String directory, Tree tree) {}
