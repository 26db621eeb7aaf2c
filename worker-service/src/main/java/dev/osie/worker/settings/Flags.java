package dev.osie.worker.settings;

import java.util.List;
import java.util.Map;

/** Flags as Go programs take them: one dash or two, {@code -name value} or {@code -name=value}, a switch without a value is true. */
final class Flags {
    private final List<String> arguments;
    private final List<String> problems;

    Flags(List<String> arguments, List<String> problems) {
        this.arguments = arguments;
        this.problems = problems;
    }

    /** Adds the values of known flags; reports the others by name only, as a value may be a secret. */
    void into(Map<Setting, String> values) {
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (!argument.startsWith("-")) {
                problems.add("an argument that is not a flag is ignored");
                continue;
            }
            int equals = argument.indexOf('=');
            String name =
                    argument.substring(argument.startsWith("--") ? 2 : 1, equals < 0 ? argument.length() : equals);
            Setting setting = find(name);
            String value = equals < 0 ? "" : argument.substring(equals + 1);
            if (equals < 0 && setting != null && setting.isSwitch()) {
                value = "true";
            } else if (equals < 0
                    && i + 1 < arguments.size()
                    && !arguments.get(i + 1).startsWith("-")) {
                value = arguments.get(++i);
            }
            if (setting == null) {
                problems.add("the flag -" + name + " is not known and is ignored");
            } else if (!value.isBlank()) {
                values.put(setting, value);
            }
        }
    }

    private static Setting find(String flag) {
        for (Setting setting : Setting.values()) {
            if (setting.flags().contains(flag)) {
                return setting;
            }
        }
        return null;
    }
}
