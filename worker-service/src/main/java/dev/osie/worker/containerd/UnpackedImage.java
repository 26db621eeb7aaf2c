package dev.osie.worker.containerd;

import dev.osie.worker.image.ImageConfig;

/**
 * An image that a container can be made of.
 *
 * @param name as containerd knows it
 */
record UnpackedImage(String name, ImageConfig config) {
    /** The snapshot of its topmost layer, or nothing for an image without layers. */
    String snapshot() {
        int layers = config.chain().size();
        return layers == 0 ? "" : config.chain().get(layers - 1);
    }
}
