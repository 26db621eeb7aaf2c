package dev.osie.build.kconfig;

import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A configuration as Kconfig wrote it ({@code .config}).
 *
 * @param values by option; of options that are not set there is none
 */
public record FinalConfig(SortedMap<String, String> values) {
    static final String PREFIX = "CONFIG_";

    private static final Pattern LINE = Pattern.compile("(CONFIG_[A-Za-z0-9_]+)=(.*)");

    /** What makes each build another, by option. */
    private static final Map<String, String> IRREPRODUCIBLE = irreproducible();

    public FinalConfig {
        values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    }

    public static FinalConfig parse(String text) {
        SortedMap<String, String> values = new TreeMap<>();
        text.lines()
                .map(LINE::matcher)
                .filter(Matcher::matches)
                .forEach(line -> values.put(line.group(1), line.group(2)));
        return new FinalConfig(values);
    }

    /** The value; {@code n} for an option that is not set, or not there. */
    public String value(String option) {
        return values.getOrDefault(option, Setting.OFF);
    }

    public boolean isOn(String option) {
        return value(option).equals("y");
    }

    /**
     * Reports options with which the same sources become another kernel each time (Linux documentation, "Reproducible builds").
     *
     * @param kernel where to report what no fragment asks for
     */
    public void requireReproducible(WantedConfig wanted, Position kernel, Problems problems) {
        IRREPRODUCIBLE.forEach((option, reason) -> {
            if (isOn(option)) {
                Setting setting = wanted.settings().get(option);
                problems.add(
                        setting == null ? kernel : setting.position(),
                        option + " cannot be built reproducibly: " + reason + ". Turn it off: '# " + option
                                + " is not set'");
            }
        });
    }

    private static Map<String, String> irreproducible() {
        Map<String, String> reasons = new LinkedHashMap<>();
        reasons.put("CONFIG_MODULE_SIG", "modules are signed with a key that each build makes anew");
        reasons.put("CONFIG_RANDSTRUCT_FULL", "structures are laid out by a random seed");
        reasons.put("CONFIG_RANDSTRUCT_PERFORMANCE", "structures are laid out by a random seed");
        reasons.put("CONFIG_GCC_PLUGIN_LATENT_ENTROPY", "the compiler puts random numbers into the code");
        return reasons;
    }
}
