package dev.osie.build.toolchain;

/** Compilers and what belongs to them, on some Linux system. */
public interface Toolchain {
    /** What tells these programs from others, on one line: what they make is remembered under it. */
    String identity();

    /**
     * An empty directory for them to work in.
     *
     * @throws dev.osie.build.failure.BuildException {@code MISSING_TOOL} when the programs, or what they run in, aren't there
     */
    Workspace open();
}
