package dev.osie.worker.settings;

import java.util.List;

/** Flags as Go programs take them: one dash or two, {@code -name value} or {@code -name=value}, a switch without a value is true. */
final class Flags {
    private final List<String> arguments;
    private final List<String> problems;

    Flags(List<String> arguments, List<String> problems) {
        this.arguments = arguments;
        this.problems = problems;
    }

    /** Adds the values of known flags; reports the others by name at most, as a value may be a secret. */
    void into(GivenValues values) {
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
            boolean more = equals < 0 && i + 1 < arguments.size();
            if (setting == null) {
                problems.add(shown(argument, name) + " is not known and is ignored");
                // Its value, if it has one.
                i += more && !arguments.get(i + 1).startsWith("-") ? 1 : 0;
            } else if (equals >= 0) {
                values.add(setting, argument.substring(equals + 1), "in the flag -" + name);
            } else if (setting.isSwitch()) {
                values.add(setting, "true", "in the flag -" + name);
            } else if (more) {
                // Whatever it begins with: a password may begin with a dash.
                values.add(setting, arguments.get(++i), "in the flag -" + name);
            } else {
                problems.add("the flag -" + name + " has no value and is ignored");
            }
        }
    }

    /** A misspelt flag is named. What can't be the name of a flag may be a secret, as may what is put right behind {@code -p}. */
    private static String shown(String argument, String name) {
        boolean plain = !name.isEmpty() && name.length() <= 32 && (argument.startsWith("--") || name.charAt(0) != 'p');
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            plain = plain && ((c >= 'a' && c <= 'z') || c == '-');
        }
        return plain ? "the flag -" + name : "a flag";
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
