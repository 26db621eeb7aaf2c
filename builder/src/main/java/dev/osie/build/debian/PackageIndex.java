package dev.osie.build.debian;

import static dev.osie.build.failure.BuildException.verification;

import dev.osie.build.failure.BuildException;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The packages of some suites for one architecture. Of each only the fields that matter are kept, as the bytes they were, and are
 * understood when somebody asks: an index has 70,000 packages, and a build needs some hundred.
 */
public final class PackageIndex {
    private final Map<String, Stanza> packages;
    private final Map<String, List<String>> providers;

    private PackageIndex(Map<String, Stanza> packages, Map<String, List<String>> providers) {
        this.packages = packages;
        this.providers = providers;
    }

    /** How many packages there are. */
    public int size() {
        return packages.size();
    }

    Collection<String> names() {
        return Collections.unmodifiableSet(packages.keySet());
    }

    /** The file of the package of this very name in its highest version. */
    public Optional<BinaryPackage> newest(String name) {
        return candidate(name).map(Candidate::binary);
    }

    /**
     * These packages and those of another suite: from there come the ones that are wanted by name, and what these suites have nothing of.
     *
     * @param name of the other suite
     */
    public PackageIndex with(PackageIndex other, String name, Collection<String> wanted) {
        Builder both = new Builder();
        both.packages.putAll(packages);
        other.packages.forEach((each, stanza) -> {
            if (wanted.contains(each) || !packages.containsKey(each)) {
                both.packages.put(each, new Stanza(stanza.archive(), Optional.of(name), stanza.fields()));
            }
        });
        return both.build();
    }

    /**
     * What a package says of others in its control file (deb-control(5)), which the index of its suite repeats.
     *
     * @throws BuildException {@code VERIFICATION} when the file is of another package
     */
    static Candidate understand(BinaryPackage binary, byte[] control) {
        try {
            Stanza stanza = new Stanza(
                    binary.archive(),
                    binary.suite(),
                    new StanzaScanner(new ByteArrayInputStream(control)).next().orElseThrow(IOException::new));
            String found = stanza.required("Package") + " " + stanza.required("Version") + " ("
                    + stanza.required("Architecture") + ")";
            if (!found.equals(binary.toString())) {
                throw verification("The package " + binary + " says of itself that it is " + found + ".");
            }
            return stanza.candidate(binary);
        } catch (IOException | IllegalArgumentException e) {
            throw verification("The control file of " + binary + " cannot be understood: " + e.getMessage())
                    .because(e);
        }
    }

    /** The package of this very name in its highest version. */
    Optional<Candidate> candidate(String name) {
        return Optional.ofNullable(packages.get(name)).map(Stanza::candidate);
    }

    /** The packages that go by the name, too, in the order of preference: by priority, as apt has it, then by their own name. */
    List<Candidate> providers(String name) {
        return providers.getOrDefault(name, List.of()).stream()
                .map(packages::get)
                .sorted(Comparator.comparingInt(Stanza::priority)) // stable, so names stay sorted
                .map(Stanza::candidate)
                .toList();
    }

    /** Collects the packages of several indexes. */
    static final class Builder {
        private final Map<String, Stanza> packages = new HashMap<>();

        /**
         * Adds an index in the form of Debian's {@code Packages} files. Where a package is there already, the higher version stays.
         *
         * @throws IOException when the stream fails or is not of that form
         */
        void add(InputStream in, Archive archive) throws IOException {
            StanzaScanner scanner = new StanzaScanner(in);
            for (Optional<byte[]> fields = scanner.next(); fields.isPresent(); fields = scanner.next()) {
                Stanza stanza = new Stanza(archive, Optional.empty(), fields.get());
                packages.merge(stanza.name(), stanza, Stanza::higher);
            }
        }

        PackageIndex build() {
            Map<String, TreeSet<String>> providers = new HashMap<>();
            packages.forEach((name, stanza) -> stanza.field("Provides").ifPresent(provides -> {
                for (String provided : provides.split(",")) {
                    String virtual = provided.strip().replaceFirst("[:\\s(].*", "");
                    providers.computeIfAbsent(virtual, any -> new TreeSet<>()).add(name);
                }
            }));
            Map<String, List<String>> sorted = new HashMap<>();
            providers.forEach((virtual, names) -> sorted.put(virtual, List.copyOf(names)));
            return new PackageIndex(Map.copyOf(packages), sorted);
        }
    }

    /**
     * A package's fields that matter, one a line.
     *
     * @param suite that the package was asked for from
     * @param fields in the form of {@link StanzaScanner}
     */
    private record Stanza(Archive archive, Optional<String> suite, byte[] fields) {
        private static final List<String> PRIORITIES =
                List.of("required", "important", "standard", "optional", "extra");

        String name() throws IOException {
            return field("Package").orElseThrow(() -> new IOException("a package without a name"));
        }

        static Stanza higher(Stanza a, Stanza b) {
            return a.version().compareTo(b.version()) >= 0 ? a : b;
        }

        private DebianVersion version() {
            return new DebianVersion(required("Version"));
        }

        /** Searches the bytes: making a text of every package's fields would take longer than reading the index. */
        Optional<String> field(String name) {
            byte[] start = (name + ":").getBytes(StandardCharsets.US_ASCII);
            for (int line = 0; line < fields.length; line = endOfLine(line) + 1) {
                if (startsWith(line, start)) {
                    int value = line + start.length;
                    return Optional.of(
                            new String(fields, value, endOfLine(line) - value, StandardCharsets.UTF_8).strip());
                }
            }
            return Optional.empty();
        }

        private int endOfLine(int start) {
            int end = start;
            while (fields[end] != '\n') {
                end++;
            }
            return end;
        }

        private boolean startsWith(int line, byte[] start) {
            return line + start.length <= fields.length
                    && Arrays.equals(fields, line, line + start.length, start, 0, start.length);
        }

        /** How much a system needs the package (Debian policy §2.5): the lower, the more. */
        int priority() {
            int rank = PRIORITIES.indexOf(field("Priority").orElse(""));
            return rank < 0 ? PRIORITIES.size() : rank;
        }

        private String required(String name) {
            return field(name)
                    .orElseThrow(() -> verification("The index of " + archive + " has a package without the field '"
                            + name + "': " + field("Package").orElse("?")));
        }

        Candidate candidate() {
            try {
                return understand();
            } catch (IllegalArgumentException | BuildException e) {
                throw verification("The index of " + archive + " describes the package " + required("Package")
                                + " in a way that cannot be understood: " + e.getMessage())
                        .because(e);
            }
        }

        private Candidate understand() {
            BinaryPackage binary = new BinaryPackage(
                    required("Package"),
                    version(),
                    required("Architecture"),
                    archive,
                    required("Filename").replaceFirst("^\\./", ""),
                    new Blob(new Digest(required("SHA256")), Long.parseLong(required("Size"))),
                    suite);
            return candidate(binary);
        }

        Candidate candidate(BinaryPackage binary) {
            List<Relation.Alternative> provides = new ArrayList<>();
            relations("Provides").forEach(relation -> provides.addAll(relation.alternatives()));
            return new Candidate(
                    binary, relations("Pre-Depends", "Depends"), provides, relations("Conflicts", "Breaks"));
        }

        private List<Relation> relations(String... names) {
            Map<String, Relation> relations = new LinkedHashMap<>();
            for (String name : names) {
                field(name)
                        .map(Relation::parse)
                        .orElse(List.of())
                        .forEach(relation -> relations.putIfAbsent(relation.toString(), relation));
            }
            return List.copyOf(relations.values());
        }
    }
}
