package dev.osie.build.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/** Modules as data, for tests of what is made of them. */
final class Modules {
    static final Builtins NO_BUILTINS = new Builtins(List.of(), new TreeMap<>());

    private Modules() {}

    static ModuleFacts module(String path) {
        return new ModuleFacts(path, List.of(), List.of(), List.of(), List.of(), List.of(), "", List.of(), List.of());
    }

    static ModuleFacts depending(String path, String... names) {
        ModuleFacts module = module(path);
        return new ModuleFacts(
                path, List.of(names), module.aliases(), List.of(), List.of(), List.of(), "", List.of(), List.of());
    }

    static ModuleFacts aliased(String path, String... aliases) {
        return new ModuleFacts(
                path, List.of(), List.of(aliases), List.of(), List.of(), List.of(), "", List.of(), List.of());
    }

    static ModuleFacts wishing(String path, String softdep) {
        return new ModuleFacts(
                path, List.of(), List.of(), List.of(softdep), List.of(), List.of(), "", List.of(), List.of());
    }

    /** A module that exports and needs symbols: {@code "+mine"} and {@code "other"}. */
    static ModuleFacts linked(String path, String... symbols) {
        List<String> exports = Arrays.stream(symbols)
                .filter(symbol -> symbol.startsWith("+"))
                .map(symbol -> symbol.substring(1))
                .toList();
        List<String> needs =
                Arrays.stream(symbols).filter(symbol -> !symbol.startsWith("+")).toList();
        return new ModuleFacts(path, List.of(), List.of(), List.of(), List.of(), List.of(), "", exports, needs);
    }
}
