package dev.osie.build.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.osie.build.cache.Inventory;
import dev.osie.build.store.Store;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code osie-build cache info}: how much of what is in the store. */
@Command(name = "info", aliases = "ls", description = "Shows where the store is, and how much of what is in it.")
final class CacheInfoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private PlaceOptions places;

    @Option(names = "--json", description = "Print a JSON object: for each kind the number of files and their bytes.")
    private boolean json;

    @Override
    public Integer call() {
        Store store = places.store();
        Inventory inventory = Inventory.of(store);
        Map<String, Inventory.Amount> amounts = new LinkedHashMap<>();
        inventory
                .blobs()
                .forEach((kind, amount) ->
                        amounts.put(json ? kind.name().toLowerCase(Locale.ROOT) : kind.toString(), amount));
        amounts.put(json ? "steps" : "results of steps", inventory.records());
        amounts.put(json ? "unfinished" : "unfinished files", inventory.leftovers());
        amounts.put("all", inventory.total());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(json(store, amounts));
        } else {
            out.println(store.root());
            amounts.forEach((what, amount) -> out.println(String.format(
                    Locale.ROOT, "  %-30s %10s  %6d files", what, Sizes.bytes(amount.bytes()), amount.files())));
        }
        out.flush();
        return 0;
    }

    private static String json(Store store, Map<String, Inventory.Amount> amounts) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("store", store.root().toString());
        object.putAll(amounts);
        try {
            return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(object);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
