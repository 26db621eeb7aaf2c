package dev.osie.build.kconfig;

import dev.osie.build.yaml.Position;

/**
 * What a fragment asks of an option.
 *
 * @param option its name with {@code CONFIG_}
 * @param value as a configuration writes it: {@code y}, {@code m}, a number, a text in quotes; {@code n} for one that is not set
 * @param position where it is asked
 */
public record Setting(String option, String value, Position position) {
    static final String OFF = "n";

    /** The line of a configuration. */
    public String line() {
        return line(option, value);
    }

    static String line(String option, String value) {
        return value.equals(OFF) ? "# " + option + " is not set" : option + "=" + value;
    }
}
