package dev.osie.build.debian;

/**
 * The snapshot service as of a time.
 *
 * @param state its archives as they were then
 */
public record Snapshot(SnapshotService service, Mirror state) {}
