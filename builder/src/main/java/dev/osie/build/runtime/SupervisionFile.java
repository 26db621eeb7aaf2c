package dev.osie.build.runtime;

import dev.osie.build.spec.OsieDocument;
import dev.osie.build.spec.ServiceOrder;
import dev.osie.build.spec.Supervision;
import dev.osie.build.spec.Supervision.Exec;
import dev.osie.build.spec.Supervision.Http;
import dev.osie.build.spec.Supervision.PathMade;
import dev.osie.build.spec.Supervision.Predecessor;
import dev.osie.build.spec.Supervision.Probe;
import dev.osie.build.spec.Supervision.Readiness;
import dev.osie.build.spec.Supervision.Restart;
import dev.osie.build.spec.Supervision.Tcp;
import dev.osie.build.tree.Content;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The file {@code supervision} of a service's bundle: assignments and a function for the init's shell, which knows the commands
 * {@code probe_file}, {@code probe_exec}, {@code probe_tcp} and {@code probe_http}. It is there only when it says something.
 */
final class SupervisionFile {
    private SupervisionFile() {}

    static Optional<Content> of(OsieDocument document, String service) {
        Supervision supervision = document.settings().supervision(service);
        List<String> lines = new ArrayList<>();
        if (!supervision.after().isEmpty()) {
            String names = supervision.after().stream().map(Predecessor::name).collect(Collectors.joining(" "));
            lines.add("after=" + Shell.quote(names));
            lines.add("rank=" + new ServiceOrder(document).rank(service));
        }
        if (supervision.restart() != Restart.ALWAYS) {
            lines.add("restart=" + supervision.restart());
        }
        supervision.ready().ifPresent(ready -> lines.addAll(readiness(ready)));
        return lines.isEmpty() ? Optional.empty() : Optional.of(Content.of(String.join("\n", lines) + "\n"));
    }

    /** Times are hundredths of a second, as /proc/uptime has them. */
    private static List<String> readiness(Readiness ready) {
        List<String> lines = new ArrayList<>(List.of(
                "probed=yes",
                "ready_timeout=" + ready.timeout().toMillis() / 10,
                "ready_interval=" + ready.interval().toMillis() / 10));
        if (ready.probe() instanceof PathMade file) {
            lines.add("ready_file=" + Shell.quote(file.path()));
        }
        lines.add("is_ready() { " + command(ready.probe()) + "; }");
        return lines;
    }

    private static String command(Probe probe) {
        if (probe instanceof PathMade) {
            return "probe_file";
        }
        if (probe instanceof Tcp tcp) {
            return Shell.command("probe_tcp", tcp.host(), Integer.toString(tcp.port()));
        }
        if (probe instanceof Http http) {
            return Shell.command("probe_http", http.url());
        }
        List<String> words = new ArrayList<>(List.of("probe_exec"));
        words.addAll(((Exec) probe).command());
        return Shell.command(words.toArray(String[]::new));
    }
}
