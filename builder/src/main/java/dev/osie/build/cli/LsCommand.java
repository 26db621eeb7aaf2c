package dev.osie.build.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.osie.build.compose.Catalog;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code osie-build ls}: what the project has to choose from. */
@Command(
        name = "ls",
        description = "Lists what the project has to choose from, each with what it is. Descriptions are those of the"
                + " documents, or what the comment at their head begins with.")
final class LsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "KIND",
            description = "One of ${COMPLETION-CANDIDATES}. Default: all of them.")
    private Optional<Catalog.Kind> kind = Optional.empty();

    @Option(names = "--json", description = "Print a JSON object: for each kind a list of names and descriptions.")
    private boolean json;

    @Mixin
    private PlaceOptions places;

    @Override
    public Integer call() {
        Catalog catalog = new Catalog(places.project());
        Map<Catalog.Kind, List<Catalog.Item>> lists = new LinkedHashMap<>();
        for (Catalog.Kind each : kind.map(List::of).orElse(List.of(Catalog.Kind.values()))) {
            lists.put(each, catalog.list(each));
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(json(lists));
        } else {
            print(lists, out);
        }
        out.flush();
        return 0;
    }

    private void print(Map<Catalog.Kind, List<Catalog.Item>> lists, PrintWriter out) {
        int width = lists.values().stream()
                .flatMap(List::stream)
                .mapToInt(item -> item.name().length())
                .max()
                .orElse(0);
        String indent = kind.isPresent() ? "" : "  ";
        lists.forEach((each, items) -> {
            if (kind.isEmpty()) {
                out.println(each);
            }
            for (Catalog.Item item : items) {
                String padding = " ".repeat(width - item.name().length());
                out.println((indent + item.name() + padding + "  " + item.description()).stripTrailing());
            }
        });
    }

    private static String json(Map<Catalog.Kind, List<Catalog.Item>> lists) {
        Map<String, Object> object = new LinkedHashMap<>();
        lists.forEach((each, items) -> object.put(each.toString(), items));
        try {
            return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(object);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
