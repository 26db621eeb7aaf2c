package dev.osie.build.cli;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.cache.Inventory;
import dev.osie.build.cache.Pruning;
import dev.osie.build.store.Lease;
import dev.osie.build.store.Store;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code osie-build cache prune}: removes what nobody uses any more. */
@Command(
        name = "prune",
        description = {
            "Removes from the store what no build has used for long, and what builds that were killed have left.",
            "Images that have names stay, and what recent builds used. It waits for builds that are running;"
                    + " those that begin meanwhile wait for it, a few seconds."
        })
final class CachePruneCommand implements Callable<Integer> {
    private static final Pattern AGE = Pattern.compile("([0-9]{1,6})([smhdw])");
    private static final Map<String, Duration> AGES = Map.of(
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1),
            "w", Duration.ofDays(7));
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})([KMGT]?)B?");
    private static final Map<String, Long> SIZES = Map.of(
            "", 1L,
            "K", 1_000L,
            "M", 1_000_000L,
            "G", 1_000_000_000L,
            "T", 1_000_000_000_000L);

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--older-than",
            paramLabel = "AGE",
            description = "What wasn't used for so long: 12h, 30d or 8w. Default, without --keep-size: 30d.")
    private Optional<String> age = Optional.empty();

    @Option(
            names = "--keep-size",
            paramLabel = "SIZE",
            description =
                    "What wasn't used for longest, until the rest is no larger: 500M or 5G (of a thousand M each).")
    private Optional<String> size = Optional.empty();

    @Option(names = "--dry-run", description = "Tell how much would be removed, and remove nothing.")
    private boolean dryRun;

    @Mixin
    private PlaceOptions places;

    @Override
    public Integer call() {
        Optional<Duration> oldest = age.or(() -> size.isPresent() ? Optional.empty() : Optional.of("30d"))
                .map(CachePruneCommand::duration);
        Optional<Long> most = size.map(CachePruneCommand::bytes);
        Store store = places.unsharedStore();
        if (dryRun) {
            report(choose(store, oldest, most), "would go");
            return 0;
        }
        Lease alone = Lease.exclusive(store, () -> say("Waiting for a build that uses the store …"));
        try {
            Pruning pruning = choose(store, oldest, most);
            pruning.remove();
            report(pruning, "removed");
        } finally {
            alone.close();
        }
        return 0;
    }

    private static Pruning choose(Store store, Optional<Duration> oldest, Optional<Long> most) {
        Pruning pruning = new Pruning(store);
        oldest.ifPresent(age -> pruning.chooseUnusedSince(Instant.now().minus(age)));
        most.ifPresent(pruning::chooseDownTo);
        return pruning;
    }

    private void report(Pruning pruning, String done) {
        Inventory.Amount chosen = pruning.chosen();
        PrintWriter out = spec.commandLine().getOut();
        out.println(Sizes.bytes(chosen.bytes()) + " in " + chosen.files() + " files " + done + "; "
                + Sizes.bytes(pruning.remaining()) + " stay, " + Sizes.bytes(pruning.wanted())
                + " of them images with names.");
        out.flush();
    }

    private void say(String text) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(text);
        err.flush();
    }

    private static Duration duration(String text) {
        Matcher matcher = AGE.matcher(text);
        if (!matcher.matches()) {
            throw badInput("--older-than " + text + ": expected a number and s, m, h, d or w, such as 30d");
        }
        return AGES.get(matcher.group(2)).multipliedBy(Long.parseLong(matcher.group(1)));
    }

    private static long bytes(String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw badInput("--keep-size " + text + ": expected a number and K, M, G or T, such as 5G");
        }
        return Math.multiplyExact(Long.parseLong(matcher.group(1)), SIZES.get(matcher.group(2)));
    }
}
