package dev.osie.build.spec;

import dev.osie.build.yaml.Position;

/** A kernel module, or a pattern of several, as a document names it, and where it stands. */
public record ModuleName(String text, Position position) {}
