package dev.osie.build.kernel;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.platform.Architecture;
import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlNode;
import dev.osie.build.yaml.YamlReader;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Reads module sets.
 *
 * <pre>
 * description: one line
 * include: [other-set]                 # documents of the same folder
 * modules:                             # groups of rules; a group's name is the reason its modules are in
 *   network cards: [drivers/net/ethernet/**, bonding, "pci:15b3:*"]
 * exclude: [drivers/net/ethernet/sun/**]
 * only:                                # the same for one architecture
 *   x86_64:
 *     modules:
 *       watchdogs: [iTCO_wdt]
 * </pre>
 */
final class ModuleSetReader {
    private final Path folder;
    private final Architecture architecture;
    /** Sets being read, outermost first, to find one that includes itself. */
    private final Deque<String> open = new ArrayDeque<>();

    ModuleSetReader(Path folder, Architecture architecture) {
        this.folder = folder;
        this.architecture = architecture;
    }

    ModuleSet read(String name) {
        if (open.contains(name)) {
            throw badInput("the module set '" + name + "' includes itself: " + String.join(" → ", open) + " → " + name);
        }
        open.addLast(name);
        Path file = KernelDocuments.find(folder, name, "module set");
        Problems problems = new Problems();
        Fields fields = Fields.of(YamlReader.read(file), "module set '" + name + "'", problems);
        String description = fields.requiredText("description");
        List<String> include = fields.texts("include");
        List<ModuleRule> modules = new ArrayList<>();
        List<ModuleRule> exclude = new ArrayList<>();
        readRules(name, fields, modules, exclude);
        fields.fields("only").ifPresent(only -> {
            for (Architecture each : Architecture.values()) {
                boolean counts = each == architecture;
                only.fields(each.toString()).ifPresent(own -> {
                    readRules(name, own, counts ? modules : new ArrayList<>(), counts ? exclude : new ArrayList<>());
                    own.finish();
                });
            }
            only.finish();
        });
        fields.finish();
        problems.throwIfAny();
        List<ModuleSet> included = include.stream().map(this::read).toList();
        open.removeLast();
        return new ModuleSet(name, description, included, modules, exclude);
    }

    private static void readRules(String set, Fields fields, List<ModuleRule> modules, List<ModuleRule> exclude) {
        Problems problems = fields.problems();
        fields.node("modules").ifPresent(groups -> modules.addAll(groups(set, groups, problems)));
        fields.node("exclude").ifPresent(rules -> exclude.addAll(rules(set + ", exclude", rules, problems)));
    }

    private static List<ModuleRule> groups(String set, YamlNode groups, Problems problems) {
        List<ModuleRule> rules = new ArrayList<>();
        if (groups instanceof YamlNode.Mapping mapping) {
            mapping.entries()
                    .forEach(
                            group -> rules.addAll(rules(set + ", " + group.key().text(), group.value(), problems)));
        } else {
            problems.add(groups.position(), "modules are given in named groups of rules, not as " + groups.describe());
        }
        return rules;
    }

    private static List<ModuleRule> rules(String origin, YamlNode list, Problems problems) {
        List<ModuleRule> rules = new ArrayList<>();
        if (!(list instanceof YamlNode.Sequence sequence)) {
            problems.add(
                    list.position(),
                    "'" + origin + "' must be a list of module names, paths and devices, not " + list.describe());
            return rules;
        }
        for (YamlNode item : sequence.items()) {
            // A name such as 8139too is text for YAML, but 3945 would not be: any scalar is a name.
            if (item instanceof YamlNode.Scalar scalar && !scalar.isNull()) {
                rules.add(new ModuleRule(scalar.text(), origin, scalar.position()));
            } else {
                problems.add(item.position(), "a module name, a path or a device was expected, not " + item.describe());
            }
        }
        return rules;
    }
}
