package dev.osie.build.artifact;

import static dev.osie.build.failure.BuildException.badInput;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The forms in which an OSIE is written. */
public enum Format {
    /** A kernel and an initramfs, for netbooting. */
    PAIR,
    /** One tar archive with the whole tree and the kernel, as LinuxKit's format of that name. */
    TAR,
    /** The device trees of the kernel's boards, for boot loaders that are to hand one to the kernel. */
    DTBS;

    private static final String LINUXKITS_PAIR = "kernel+initrd";

    /**
     * Reads the word of the command line.
     *
     * @throws dev.osie.build.failure.BuildException when there is no such format
     */
    public static Format parse(String text) {
        return Arrays.stream(values())
                .filter(format -> format.toString().equals(text))
                .findFirst()
                .orElseThrow(() -> badInput("'" + text + "' is not a format: expected "
                        + Arrays.stream(values())
                                .map(Format::toString)
                                .collect(Collectors.joining(", "))
                                .replaceFirst(", (?=[^,]*$)", " or ")
                        + (text.equals(LINUXKITS_PAIR) ? "; LinuxKit's " + LINUXKITS_PAIR + " is " + PAIR : "")));
    }

    /** The word on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
