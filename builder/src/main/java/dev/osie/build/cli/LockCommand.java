package dev.osie.build.cli;

import static dev.osie.build.failure.BuildException.badInput;
import static dev.osie.build.failure.BuildException.unavailable;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.osie.build.assemble.BuildRequest;
import dev.osie.build.assemble.Locks;
import dev.osie.build.failure.BuildException;
import dev.osie.build.lock.Drift;
import dev.osie.build.lock.Lock;
import dev.osie.build.lock.LockDifference;
import dev.osie.build.lock.LockFile;
import dev.osie.build.lock.Selection;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.yaml.DocumentText;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code osie-build lock}: makes the lock of flavors, moves it on, and compares it with what they ask for. */
@Command(
        name = "lock",
        description = {
            "Makes the lock have what the flavors need, and leaves what it has already as it is. --update moves it on.",
            "The lock names each package with version, size and SHA-256, and each image by digest; commit it with what you"
                    + " release. What changed is printed, a line each; with --json as one object on standard output."
        })
final class LockCommand implements Callable<Integer> {
    private static final String STANDARD_INPUT = "-";

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..*",
            paramLabel = "FLAVOR",
            defaultValue = "hook",
            description = "The flavors, or plain LinuxKit documents, that share the lock. Default: ${DEFAULT-VALUE}.")
    private List<String> documents = new ArrayList<>();

    @Option(
            names = "--update",
            arity = "0..*",
            split = ",",
            paramLabel = "NAME",
            description =
                    "Moves to what there is today: the packages, recipes (@image:NAME), kernels, suites and images of these"
                            + " names, and what their new versions need; everything when no name is given."
                            + " Flavors stand before it.")
    private List<String> update = new ArrayList<>();

    @Option(names = "--prune", description = "Leaves out what none of the flavors asks for.")
    private boolean prune;

    @Option(
            names = "--check",
            description =
                    "Writes nothing and needs no network: prints each difference between the lock and what the flavors ask"
                            + " for, and ends with exit code 4 when there is one.")
    private boolean check;

    @Option(
            names = "--outdated",
            description =
                    "Writes nothing: prints what --update would do. With --check, that ends with exit code 4, too.")
    private boolean outdated;

    @Option(
            names = "--diff",
            arity = "2",
            paramLabel = "OLD NEW",
            hideParamSyntax = true,
            description = "Prints what changed from one lock file to another; - is standard input, and an empty"
                    + " file is a lock of nothing.")
    private List<String> diff = List.of();

    @Mixin
    private FlavorOptions options;

    @Mixin
    private PlaceOptions places;

    @Mixin
    private ProgressOption progressOption;

    @Override
    public Integer call() throws IOException {
        requireOneAim();
        if (isGiven("--diff")) {
            return printDifference();
        }
        Progress progress = progressOption.progress(spec.commandLine().getErr());
        Path project = places.project();
        List<BuildRequest> flavors = documents.stream()
                .map(document -> options.lockRequest(project, document))
                .toList();
        Set<Architecture> architectures = isGiven("--arch") ? options.architectures() : Set.of();
        Locks locks = new Locks(places.store(), progress, flavors, architectures);
        return check || outdated ? compare(locks, progress) : update(locks, progress);
    }

    private void requireOneAim() {
        boolean changes = isGiven("--update") || prune;
        boolean compares = check || outdated;
        if (isGiven("--diff") && (changes || compares)) {
            throw badInput("--diff compares two files, and nothing else can be done beside it");
        }
        if (compares && changes) {
            throw badInput("--check and --outdated change nothing, so --update and --prune cannot stand beside them");
        }
    }

    private boolean isGiven(String option) {
        return spec.commandLine().getParseResult().hasMatchedOption(option);
    }

    private int update(Locks locks, Progress progress) throws IOException {
        Selection selection = selection(locks);
        Locks.Outcome outcome = locks.update(selection, prune);
        if (progressOption.json()) {
            print(LockReport.json(outcome.difference()));
        }
        if (!outcome.written()) {
            progress.info(outcome.file() + " stays as it is"
                    + (isGiven("--update") ? ": there is nothing newer." : ": it has what is needed."));
        } else if (locks.present().isEmpty()) {
            progress.info(outcome.file() + ": " + outcome.lock().packages().size() + " packages, "
                    + Sizes.bytes(outcome.difference().bytesAfter()) + ", and "
                    + outcome.lock().images().size() + " images for "
                    + outcome.lock().architectures().stream()
                            .map(Architecture::toString)
                            .collect(Collectors.joining(", ")));
        } else {
            LockReport.lines(outcome.difference(), outcome.forced()).forEach(progress::info);
            progress.info(outcome.file() + " is written.");
        }
        return 0;
    }

    private Selection selection(Locks locks) {
        if (!isGiven("--update")) {
            return Selection.NOTHING;
        }
        if (update.isEmpty()) {
            return Selection.EVERYTHING;
        }
        Lock lock = locks.present()
                .orElseThrow(() -> badInput("There is no lock to update: tried to read " + locks.path() + ".")
                        .hint("Without --update it is made."));
        return Selection.of(lock, update);
    }

    private int compare(Locks locks, Progress progress) throws IOException {
        List<Drift> drift = check ? locks.drift() : List.of();
        Optional<LockDifference> newer = outdated
                ? Optional.of(locks.resolve(Selection.EVERYTHING, false).difference())
                : Optional.empty();
        boolean differs =
                !drift.isEmpty() || newer.filter(found -> !found.isEmpty()).isPresent();
        PrintWriter out = spec.commandLine().getOut();
        if (progressOption.json()) {
            ObjectNode object = new ObjectMapper().createObjectNode();
            if (check) {
                object.set("drift", LockReport.json(drift));
            }
            newer.ifPresent(found -> object.set("outdated", LockReport.json(found)));
            print(object);
        } else {
            drift.forEach(each -> out.println(LockReport.line(each)));
            newer.ifPresent(found -> LockReport.lines(found, Map.of()).forEach(out::println));
            out.flush();
        }
        conclude(progress, locks, drift, newer);
        return check && differs ? BuildException.Kind.VERIFICATION.exitCode() : 0;
    }

    private void conclude(Progress progress, Locks locks, Collection<Drift> drift, Optional<LockDifference> newer) {
        if (check && drift.isEmpty()) {
            progress.info(locks.path() + " is what is asked for.");
        } else if (check) {
            progress.info(locks.path() + ": " + drift.size() + (drift.size() == 1 ? " difference." : " differences.")
                    + " osie-build lock adds what is missing, and with --prune takes away what is unneeded.");
        }
        newer.ifPresent(found -> progress.info(
                found.isEmpty() ? "There is nothing newer." : "osie-build lock --update takes what is newer."));
    }

    private int printDifference() throws IOException {
        LockDifference difference = LockDifference.between(lock(diff.get(0)), lock(diff.get(1)));
        if (progressOption.json()) {
            print(LockReport.json(difference));
        } else {
            PrintWriter out = spec.commandLine().getOut();
            LockReport.lines(difference, Map.of()).forEach(out::println);
            out.flush();
        }
        return 0;
    }

    /** An empty file, such as the one that git shows in the place of a lock that wasn't there yet, is a lock of nothing. */
    private static Lock lock(String name) {
        String text;
        try (InputStream in = name.equals(STANDARD_INPUT) ? System.in : Files.newInputStream(Path.of(name))) {
            text = DocumentText.of(name, in);
        } catch (IOException e) {
            throw unavailable("Tried to read the lock " + name + ", but it cannot be read: " + e.getMessage())
                    .because(e);
        }
        return text.isBlank() ? Lock.EMPTY : LockFile.read(name, text);
    }

    private void print(ObjectNode node) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        out.println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(node));
        out.flush();
    }
}
