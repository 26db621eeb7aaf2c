package dev.osie.build.spec;

import dev.osie.build.spec.ContainerEntry.Section;
import dev.osie.build.spec.Supervision.Predecessor;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.Suggestion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The order in which {@code after} puts the services of a document. */
public final class ServiceOrder {
    /** A chain is followed by recursion; and a machine that starts so many in a row is never up. */
    private static final int LONGEST_CHAIN = 100;

    private final OsieDocument document;
    private final Map<String, Integer> ranks = new HashMap<>();

    /** The order of a document's services, in which no service comes after itself. */
    public ServiceOrder(OsieDocument document) {
        this.document = document;
    }

    /** How many services stand in the longest chain before a service: those of a lower rank are started earlier and stopped later. */
    public int rank(String service) {
        Integer known = ranks.get(service);
        if (known != null) {
            return known;
        }
        int rank = 0;
        for (Predecessor before : document.settings().supervision(service).after()) {
            rank = Math.max(rank, rank(before.name()) + 1);
        }
        ranks.put(service, rank);
        return rank;
    }

    /** Reports settings of containers that the document doesn't have, and services that come after themselves. */
    static void check(OsieDocument document, Problems problems) {
        Settings settings = document.settings();
        settings.names().forEach((section, names) -> {
            List<String> known = names(document, section);
            names.stream()
                    .filter(name -> !known.contains(name.text()))
                    .forEach(name -> unknown(section, name.text(), name.position(), known, problems));
        });
        List<String> services = names(document, Section.SERVICES);
        Set<String> done = new HashSet<>();
        settings.supervision().keySet().stream().sorted().forEach(service -> {
            settings.supervision(service).after().stream()
                    .filter(before -> !services.contains(before.name()))
                    .forEach(before -> unknown(Section.SERVICES, before.name(), before.position(), services, problems));
            findCycle(settings, service, new ArrayList<>(), done, problems);
        });
    }

    private static List<String> names(OsieDocument document, Section section) {
        return document.containers().stream()
                .filter(entry -> entry.section() == section)
                .map(ContainerEntry::name)
                .distinct()
                .toList();
    }

    private static void unknown(
            Section section, String name, Position position, List<String> known, Problems problems) {
        String expected = Suggestion.closest(name, known)
                .map(closest -> "did you mean '" + closest + "'?")
                .orElse(known.isEmpty() ? "there is none" : "there are " + String.join(", ", known));
        problems.add(
                position,
                "the document has no " + ContainerEntry.describe(section, name) + " — " + expected + " ('" + name
                        + ": null' takes out what a document below says of it)");
    }

    /** Follows {@code after} from a service. A service whose cycle was reported, or that has none, is done. */
    private static void findCycle(
            Settings settings, String service, List<String> path, Set<String> done, Problems problems) {
        if (done.contains(service)) {
            return;
        }
        path.add(service);
        for (Predecessor before : settings.supervision(service).after()) {
            int start = path.indexOf(before.name());
            if (start >= 0) {
                List<String> cycle = new ArrayList<>(path.subList(start, path.size()));
                cycle.add(before.name());
                problems.add(
                        before.position(), "services wait for each other for ever: " + String.join(" after ", cycle));
            } else if (path.size() == LONGEST_CHAIN) {
                problems.add(
                        before.position(), "more than " + LONGEST_CHAIN + " services wait for each other in a row");
            } else {
                findCycle(settings, before.name(), path, done, problems);
            }
        }
        path.remove(path.size() - 1);
        done.add(service);
    }
}
