package dev.osie.build.explain;

/**
 * One line of an explanation.
 *
 * @param where a place in a document, or what else the answer is about: {@code segment}, {@code package}
 * @param what stands or is there
 */
public record Finding(String where, String what) {}
