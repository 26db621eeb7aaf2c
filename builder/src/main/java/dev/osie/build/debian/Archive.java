package dev.osie.build.debian;

import static dev.osie.build.failure.BuildException.badInput;

import java.util.Arrays;

/** One of Debian's package archives, each with a pool and suites of its own. */
public enum Archive {
    DEBIAN("debian"),
    SECURITY("debian-security");

    private final String directory;

    Archive(String directory) {
        this.directory = directory;
    }

    /** The archive whose mirrors' addresses end in this directory. */
    public static Archive parse(String directory) {
        return Arrays.stream(values())
                .filter(archive -> archive.directory.equals(directory))
                .findFirst()
                .orElseThrow(() -> badInput(
                        "'" + directory + "' is not an archive of Debian: expected debian or debian-security"));
    }

    /** The name of its directory on mirrors and on the snapshot service. */
    @Override
    public String toString() {
        return directory;
    }
}
