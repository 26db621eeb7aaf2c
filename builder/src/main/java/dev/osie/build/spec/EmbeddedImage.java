package dev.osie.build.spec;

import dev.osie.build.yaml.Position;

/**
 * An image that the machine has from the start.
 *
 * @param image as the document names it
 * @param name what Docker calls it, in full: {@code docker.io/library/alpine:3.20}
 * @param position where its entry stands
 */
public record EmbeddedImage(ImageName image, String name, Position position) {}
