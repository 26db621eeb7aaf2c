package dev.osie.build.store;

/**
 * Content in the store.
 *
 * @param digest of the content
 * @param size in bytes
 */
public record Blob(Digest digest, long size) {}
