package dev.osie.build.kconfig;

import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.Suggestion;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What all fragments together ask for.
 *
 * @param settings by option
 */
public record WantedConfig(SortedMap<String, Setting> settings) {
    public WantedConfig {
        settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
    }

    /** Puts fragments together, and reports options of which two places ask different things. */
    public static WantedConfig merge(List<Fragment> fragments, Problems problems) {
        SortedMap<String, Setting> settings = new TreeMap<>();
        for (Fragment fragment : fragments) {
            for (Setting setting : fragment.settings()) {
                Setting earlier = settings.putIfAbsent(setting.option(), setting);
                if (earlier != null && !earlier.value().equals(setting.value())) {
                    problems.add(
                            setting.position(),
                            setting.option() + " is " + setting.value() + " here and " + earlier.value() + " at "
                                    + earlier.position() + ": take one of them out");
                }
            }
        }
        return new WantedConfig(settings);
    }

    /**
     * Reports options that a kernel doesn't know.
     *
     * @param symbols all that its Kconfig files define, without {@code CONFIG_}
     * @param kernel for messages
     */
    public void requireKnown(Set<String> symbols, String kernel, Problems problems) {
        settings.values().forEach(setting -> {
            String symbol = setting.option().substring(FinalConfig.PREFIX.length());
            if (!symbols.contains(symbol)) {
                problems.add(
                        setting.position(),
                        () -> kernel + " has no option " + setting.option()
                                + Suggestion.closest(symbol, symbols)
                                        .map(closest -> " — did you mean '" + FinalConfig.PREFIX + closest + "'?")
                                        .orElse(""));
            }
        });
    }

    /** Reports options that are otherwise in the configuration that Kconfig made. */
    public void requireIn(FinalConfig config, Problems problems) {
        settings.values().forEach(setting -> {
            String got = config.value(setting.option());
            if (!got.equals(setting.value())) {
                problems.add(
                        setting.position(),
                        setting.option() + " is wanted " + setting.value() + ", but Kconfig made it " + got + ": "
                                + reason(setting, got));
            }
        });
    }

    private static String reason(Setting setting, String got) {
        if (setting.value().equals(Setting.OFF)) {
            return "perhaps another option selects it";
        }
        return got.equals(Setting.OFF) || setting.value().equals("y")
                ? "perhaps something that it depends on is not there, or a module"
                : "perhaps another option selects it, or it cannot be a module";
    }

    /** The form that Kconfig reads. */
    public String toText() {
        return settings.values().stream().map(setting -> setting.line() + "\n").collect(Collectors.joining());
    }
}
