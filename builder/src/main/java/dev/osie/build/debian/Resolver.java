package dev.osie.build.debian;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.failure.BuildException;
import dev.osie.build.yaml.Suggestion;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds the packages that are needed for some wanted ones, as apt would without recommendations: the highest version of each package;
 * of alternatives one that is there anyway, else the first that can be had; for a virtual package the provider of the highest
 * priority, and of equal ones the first by name.
 * What leaves no choice is settled before what does, so the order of fields and names does not matter.
 */
public final class Resolver {
    private final PackageIndex index;
    private final Holds holds;
    private final Choices choices;
    private final String suites;

    /**
     * A resolver over an index.
     *
     * @param suites those the index was made of, for messages
     */
    public Resolver(PackageIndex index, Collection<Suite> suites) {
        this(index, suites, Holds.none());
    }

    /** A resolver that moves held packages only where it has to. */
    public Resolver(PackageIndex index, Collection<Suite> suites, Holds holds) {
        this.index = index;
        this.holds = holds;
        this.choices = new Choices(index, holds);
        List<String> names = suites.stream().map(Suite::name).toList();
        this.suites = String.join(" and ", names) + (names.size() == 1 ? " has" : " have");
    }

    /**
     * The wanted packages with all they depend on, sorted by name.
     *
     * @param asker who wants them, for messages: the name of an image
     * @param exclude names that count as installed, in any version, and are left out
     * @throws BuildException {@code BAD_INPUT} when a package does not exist, a dependency cannot be satisfied, or two packages
     *     conflict
     */
    public List<BinaryPackage> resolve(String asker, SortedSet<String> wanted, SortedSet<String> exclude) {
        SortedSet<String> contradictory = new TreeSet<>(wanted);
        contradictory.retainAll(exclude);
        if (!contradictory.isEmpty()) {
            throw badInput("'" + asker + "' both wants and excludes " + String.join(", ", contradictory));
        }
        while (true) {
            try {
                Resolution resolution = new Resolution(choices, suites, asker, exclude);
                candidates(asker, wanted).values().forEach(resolution::want);
                return resolution.finish();
            } catch (Contradiction e) {
                if (!holds.release(e.names(), index, e.reason())) {
                    throw e;
                }
            }
        }
    }

    /** The wanted packages alone, sorted by name. */
    public List<BinaryPackage> find(String asker, SortedSet<String> wanted) {
        return candidates(asker, wanted).values().stream()
                .map(Candidate::binary)
                .toList();
    }

    /** The candidates by their own names; real packages first, so that a virtual one can be what another wanted name provides. */
    private SortedMap<String, Candidate> candidates(String asker, SortedSet<String> wanted) {
        SortedMap<String, Candidate> candidates = new TreeMap<>();
        SortedSet<String> virtual = new TreeSet<>();
        for (String name : wanted) {
            Optional<Candidate> candidate = choices.candidate(name);
            candidate.ifPresentOrElse(found -> candidates.put(name, found), () -> virtual.add(name));
        }
        for (String name : virtual) {
            List<Candidate> providers = choices.providers(name);
            if (providers.isEmpty()) {
                throw unknown(asker, name);
            }
            if (providers.stream().noneMatch(provider -> candidates.containsKey(provider.name()))) {
                candidates.put(providers.get(0).name(), providers.get(0));
            }
        }
        return candidates;
    }

    private BuildException unknown(String asker, String name) {
        return new UnknownPackageException(
                asker,
                name,
                suites + " no such package"
                        + Suggestion.closest(name, choices.names())
                                .map(closest -> " — did you mean '" + closest + "'?")
                                .orElse("."));
    }
}
