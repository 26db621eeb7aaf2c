package dev.osie.build.kernel;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes the indexes by which modprobe and udev find modules, byte for byte as kmod's depmod does ({@code modules.dep(5)}): text for
 * people and busybox, {@code .bin} for kmod.
 */
final class Depmod {
    private static final Pattern NUMBERS = Pattern.compile("(char|block)-major-(\\d{1,9})-(\\d{1,9})");

    private final List<ModuleFacts> modules;
    private final Builtins builtins;
    private final SortedMap<String, byte[]> files = new TreeMap<>();

    private Depmod(List<ModuleFacts> modules, Builtins builtins) {
        this.modules = modules;
        this.builtins = builtins;
    }

    /**
     * The index files by name.
     *
     * @param modules in the order of {@code modules.order}
     */
    static SortedMap<String, byte[]> indexes(List<ModuleFacts> modules, Builtins builtins) {
        Depmod depmod = new Depmod(modules, builtins);
        depmod.dependencies();
        depmod.aliases();
        depmod.symbols();
        depmod.builtins();
        depmod.softDependencies();
        depmod.deviceNames();
        return Collections.unmodifiableSortedMap(depmod.files);
    }

    private void dependencies() {
        ModuleTrie trie = new ModuleTrie();
        StringBuilder text = new StringBuilder();
        DependencyOrder order = DependencyOrder.of(modules);
        for (int i = 0; i < modules.size(); i++) {
            StringBuilder line = new StringBuilder(modules.get(i).path()).append(':');
            order.allDependencies(i)
                    .forEach(dependency ->
                            line.append(' ').append(modules.get(dependency).path()));
            text.append(line).append('\n');
            trie.add(modules.get(i).name(), line.toString(), i);
        }
        put("modules.dep", text);
        files.put("modules.dep.bin", trie.toBytes());
    }

    private void aliases() {
        ModuleTrie trie = new ModuleTrie();
        StringBuilder text = new StringBuilder("# Aliases extracted from modules themselves.\n");
        for (int i = 0; i < modules.size(); i++) {
            String name = modules.get(i).name();
            for (String alias : modules.get(i).aliases()) {
                text.append("alias ").append(alias).append(' ').append(name).append('\n');
                int priority = i;
                normalized(alias).ifPresent(key -> trie.add(key, name, priority));
            }
        }
        put("modules.alias", text);
        files.put("modules.alias.bin", trie.toBytes());
    }

    private void symbols() {
        ModuleTrie trie = new ModuleTrie();
        StringBuilder text = new StringBuilder("# Aliases for symbols, used by symbol_request().\n");
        SymbolTable table = SymbolTable.of(modules);
        table.inDepmodOrder().forEach(symbol -> {
            int owner = table.owner(symbol);
            String name = modules.get(owner).name();
            text.append("alias symbol:").append(symbol).append(' ').append(name).append('\n');
            trie.add("symbol:" + symbol, name, owner);
        });
        put("modules.symbols", text);
        files.put("modules.symbols.bin", trie.toBytes());
    }

    private void builtins() {
        ModuleTrie names = new ModuleTrie();
        builtins.paths().forEach(path -> names.add(ModulePath.name(path), "", 0));
        files.put("modules.builtin.bin", names.toBytes());
        ModuleTrie aliases = new ModuleTrie();
        builtins.aliases()
                .forEach((name, patterns) ->
                        patterns.forEach(pattern -> normalized(pattern).ifPresent(key -> aliases.add(key, name, 0))));
        files.put("modules.builtin.alias.bin", aliases.toBytes());
    }

    private void softDependencies() {
        StringBuilder soft = new StringBuilder("# Soft dependencies extracted from modules themselves.\n");
        StringBuilder weak = new StringBuilder("# Weak dependencies extracted from modules themselves.\n");
        for (ModuleFacts module : modules) {
            module.softdeps()
                    .forEach(value -> soft.append("softdep ")
                            .append(module.name())
                            .append(' ')
                            .append(value)
                            .append('\n'));
            module.weakdeps()
                    .forEach(value -> weak.append("weakdep ")
                            .append(module.name())
                            .append(' ')
                            .append(value)
                            .append('\n'));
        }
        put("modules.softdep", soft);
        put("modules.weakdep", weak);
    }

    private void deviceNames() {
        StringBuilder text = new StringBuilder("# Device nodes to trigger on-demand module loading.\n");
        for (ModuleFacts module : modules) {
            Optional<String> device = module.aliases().stream()
                    .filter(alias -> alias.startsWith("devname:"))
                    .map(alias -> alias.substring("devname:".length()))
                    .findFirst();
            Optional<Matcher> numbers = module.aliases().stream()
                    .map(NUMBERS::matcher)
                    .filter(Matcher::matches)
                    .findFirst();
            if (device.isPresent() && numbers.isPresent()) {
                Matcher number = numbers.get();
                text.append(module.name()).append(' ').append(device.get()).append(' ');
                text.append(number.group(1).charAt(0))
                        .append(number.group(2))
                        .append(':')
                        .append(number.group(3));
                text.append('\n');
            }
        }
        put("modules.devname", text);
    }

    /** Dashes as underscores outside of character classes; nothing when a class is not closed, which no device can match. */
    private static Optional<String> normalized(String alias) {
        StringBuilder key = new StringBuilder(alias.length());
        boolean inClass = false;
        for (char c : alias.toCharArray()) {
            if (inClass ? c == '[' : c == ']') {
                return Optional.empty();
            }
            if (c == '[' || c == ']') {
                inClass = !inClass;
            }
            key.append(c == '-' && !inClass ? '_' : c);
        }
        return inClass ? Optional.empty() : Optional.of(key.toString());
    }

    private void put(String name, StringBuilder text) {
        files.put(name, text.toString().getBytes(StandardCharsets.UTF_8));
    }
}
