package dev.osie.build.debian;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.failure.BuildException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** One run of the {@link Resolver}: what is chosen so far, and what is still to be settled. */
final class Resolution {
    private final Choices available;
    private final String suites;
    private final String asker;
    private final SortedSet<String> exclude;
    private final List<Candidate> excluded = new ArrayList<>();
    private final SortedMap<String, Candidate> chosen = new TreeMap<>();
    private final Map<String, List<Candidate>> installed = new HashMap<>();
    private final Map<String, String> neededBy = new HashMap<>();
    private final Deque<Need> needs = new ArrayDeque<>();
    private final Deque<Need> choices = new ArrayDeque<>();

    /** Something that a chosen package depends on. */
    private record Need(String by, Relation relation) {}

    Resolution(Choices available, String suites, String asker, SortedSet<String> exclude) {
        this.available = available;
        this.suites = suites;
        this.asker = asker;
        this.exclude = exclude;
        // What an excluded package provides counts as installed, too.
        exclude.forEach(name -> available.candidate(name).ifPresent(excluded::add));
        excluded.forEach(this::register);
    }

    /** Chooses a package that is wanted for itself. */
    void want(Candidate candidate) {
        choose(candidate, "");
    }

    /** Settles every need, and gives the chosen packages. */
    List<BinaryPackage> finish() {
        while (!needs.isEmpty() || !choices.isEmpty()) {
            boolean forced = !needs.isEmpty();
            Need need = forced ? needs.remove() : choices.remove();
            if (isSatisfied(need.relation())) {
                continue;
            }
            List<Candidate> options = options(need);
            if (options.isEmpty()) {
                throw unsatisfiable(need);
            }
            if (forced && options.size() > 1) {
                choices.add(need);
            } else {
                choose(options.get(0), need.by());
            }
        }
        chosen.values().forEach(this::requireNoConflict);
        return chosen.values().stream().map(Candidate::binary).toList();
    }

    private void choose(Candidate candidate, String by) {
        if (chosen.putIfAbsent(candidate.name(), candidate) == null) {
            neededBy.put(candidate.name(), by);
            register(candidate);
            candidate.depends().forEach(relation -> needs.add(new Need(candidate.name(), relation)));
        }
    }

    private void register(Candidate candidate) {
        installed.computeIfAbsent(candidate.name(), any -> new ArrayList<>()).add(candidate);
        candidate
                .provides()
                .forEach(provided -> installed
                        .computeIfAbsent(provided.name(), any -> new ArrayList<>())
                        .add(candidate));
    }

    private boolean isSatisfied(Relation relation) {
        return relation.alternatives().stream()
                .anyMatch(alternative -> exclude.contains(alternative.name())
                        || installed.getOrDefault(alternative.name(), List.of()).stream()
                                .anyMatch(candidate -> candidate.satisfies(alternative)));
    }

    /** Packages that would satisfy a relation, the preferred first. */
    private List<Candidate> options(Need need) {
        List<Candidate> options = new ArrayList<>();
        for (Relation.Alternative alternative : need.relation().alternatives()) {
            if (options.isEmpty() && available.isHeldBack(alternative)) {
                throw heldBack(need);
            }
            available
                    .candidate(alternative.name())
                    .filter(candidate -> candidate.satisfies(alternative))
                    .ifPresent(options::add);
            for (Candidate provider : available.providers(alternative.name())) {
                if (provider.satisfies(alternative) && !exclude.contains(provider.name())) {
                    options.add(provider);
                }
            }
        }
        return options.stream().distinct().toList();
    }

    private BuildException unsatisfiable(Need need) {
        Relation relation = need.relation();
        String found = relation.alternatives().stream()
                .map(Relation.Alternative::name)
                .distinct()
                .map(name -> available
                        .candidate(name)
                        .map(candidate -> name + " " + candidate.binary().version())
                        .orElse("no " + name))
                .collect(Collectors.joining(", "));
        BuildException failure = badInput("Tried to resolve the packages of '" + asker + "', but " + chain(need.by())
                        + " → " + relation + " cannot be had: " + suites + " " + found + ".")
                .hint("Perhaps leave it out on purpose (exclude: ["
                        + relation.alternatives().get(0).name() + "]), or wait until the mirror's suites agree again.");
        return heldBack(need, failure);
    }

    /** What is preferred could be had if a package moved, so it isn't time for another alternative yet. */
    private Contradiction heldBack(Need need) {
        return heldBack(need, badInput(chain(need.by()) + " → " + need.relation() + " is held back by the lock."));
    }

    private Contradiction heldBack(Need need, BuildException failure) {
        List<String> movable = new ArrayList<>();
        for (Relation.Alternative alternative : need.relation().alternatives()) {
            movable.add(alternative.name());
            available.providers(alternative.name()).forEach(provider -> movable.add(provider.name()));
        }
        movable.add(need.by());
        return new Contradiction(failure, movable, chosen.get(need.by()).binary() + " needs " + need.relation());
    }

    /** How a package came to be chosen: {@code docker.io → containerd}. */
    private String chain(String name) {
        String by = neededBy.get(name);
        return by.isEmpty() ? name : chain(by) + " → " + name;
    }

    private void requireNoConflict(Candidate candidate) {
        for (Relation conflict : candidate.conflicts()) {
            for (Relation.Alternative other : conflict.alternatives()) {
                for (Candidate present : installed.getOrDefault(other.name(), List.of())) {
                    if (!present.name().equals(candidate.name())
                            && chosen.containsKey(present.name())
                            && present.satisfies(other)) {
                        throw conflict(candidate, present, other);
                    }
                }
            }
        }
    }

    private BuildException conflict(Candidate candidate, Candidate present, Relation.Alternative other) {
        BuildException failure = badInput(
                        "'" + asker + "' cannot have both " + candidate.binary() + " and " + present.binary() + ": "
                                + candidate.name() + " conflicts with " + other + ". They are needed by "
                                + chain(candidate.name()) + " and by " + chain(present.name()) + ".")
                .hint("Perhaps leave one of them out: exclude: [" + present.name() + "]");
        return new Contradiction(
                failure,
                List.of(present.name(), candidate.name()),
                candidate.binary() + " conflicts with " + present.binary());
    }
}
