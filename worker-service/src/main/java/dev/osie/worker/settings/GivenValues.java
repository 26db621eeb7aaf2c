package dev.osie.worker.settings;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The texts that were given for settings, in the order of their places; of those that can be used the last one counts. */
final class GivenValues {
    /** Of a text that is shown on the console. */
    private static final int SHOWN = 60;

    private final Map<Setting, List<Value>> values = new EnumMap<>(Setting.class);
    private final List<String> problems;

    private record Value(String text, String place) {}

    GivenValues(List<String> problems) {
        this.problems = problems;
    }

    /** Adds a text; an empty one is none. */
    void add(Setting setting, String text, String place) {
        if (!text.isBlank()) {
            List<Value> given = values.get(setting);
            if (given == null) {
                given = new ArrayList<>();
                values.put(setting, given);
            }
            given.add(new Value(text, place));
        }
    }

    /** Adds what was given to others for a setting. */
    void addAll(Setting setting, GivenValues others) {
        for (Value value : others.values.getOrDefault(setting, List.of())) {
            add(setting, value.text(), value.place());
        }
    }

    /**
     * What the last usable text means. Each one that can't be used is a problem.
     *
     * @param otherwise what is done when no text can be used, for people
     */
    <T> Optional<T> last(Setting setting, Format<T> format, String otherwise) {
        List<Value> given = values.getOrDefault(setting, List.of());
        for (int i = given.size() - 1; i >= 0; i--) {
            Optional<T> meaning = format.read(given.get(i).text());
            if (meaning.isPresent()) {
                return meaning;
            }
            String next = i > 0 ? "trying the one " + given.get(i - 1).place() : otherwise;
            String problem = setting.parameter() + " is '" + shown(given.get(i).text()) + "' "
                    + given.get(i).place() + ", expected " + format.expected() + "; " + next;
            // One that is asked for twice is told once.
            if (!problems.contains(problem)) {
                problems.add(problem);
            }
        }
        return Optional.empty();
    }

    /** The last text as it was given, for another program; an empty one when there is none. */
    String text(Setting setting) {
        List<Value> given = values.getOrDefault(setting, List.of());
        return given.isEmpty() ? "" : given.get(given.size() - 1).text();
    }

    /** What stands before an @ may be a user and a password. */
    private static String shown(String text) {
        int at = text.lastIndexOf('@');
        String shown = at < 0 ? text : "…" + text.substring(at);
        return shown.length() <= SHOWN ? shown : shown.substring(0, SHOWN) + "…";
    }
}
