package dev.osie.build.tree;

import java.util.SortedSet;

/**
 * A change set over the layers below it (OCI image specification, "Image Layer Filesystem Changeset").
 *
 * @param tree what the layer adds or replaces
 * @param whiteouts paths of lower layers that it removes
 * @param opaques directories whose content in lower layers it hides
 */
public record Layer(Tree tree, SortedSet<String> whiteouts, SortedSet<String> opaques) {
    /** Whether the layer only adds and replaces, so that it can be a lowerdir of an overlay as it is. */
    public boolean isPlain() {
        return whiteouts.isEmpty() && opaques.isEmpty();
    }
}
