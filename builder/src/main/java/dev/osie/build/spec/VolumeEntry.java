package dev.osie.build.spec;

import dev.osie.build.yaml.Position;
import java.util.Optional;

/**
 * A volume of the OSIE, blank or filled from an image.
 *
 * @param readonly whether containers can only read it
 */
public record VolumeEntry(String name, Optional<ImageName> image, boolean readonly, Position position) {}
