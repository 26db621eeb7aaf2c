package dev.osie.build.spec;

import dev.osie.build.yaml.Position;

/**
 * Parameters that a module is loaded with.
 *
 * @param module its name
 * @param parameters {@code name=value}, separated by spaces
 */
public record ModuleOptions(String module, String parameters, Position position) {}
