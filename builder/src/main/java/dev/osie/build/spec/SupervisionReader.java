package dev.osie.build.spec;

import dev.osie.build.spec.Supervision.Exec;
import dev.osie.build.spec.Supervision.Http;
import dev.osie.build.spec.Supervision.PathMade;
import dev.osie.build.spec.Supervision.Predecessor;
import dev.osie.build.spec.Supervision.Probe;
import dev.osie.build.spec.Supervision.Readiness;
import dev.osie.build.spec.Supervision.Restart;
import dev.osie.build.spec.Supervision.Tcp;
import dev.osie.build.yaml.Fields;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code after}, {@code ready} and {@code restart} of a service's settings. */
final class SupervisionReader {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration INTERVAL = Duration.ofMillis(500);
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final Pattern DURATION = Pattern.compile("([1-9][0-9]{0,6})(ms|s|m)");
    private static final Pattern ENDPOINT = Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]):([0-9]{1,5})");
    private static final Pattern URL = Pattern.compile("https?://[!-~]+");
    private static final List<String> PROBES = List.of("file", "exec", "tcp", "http");

    private SupervisionReader() {}

    static Supervision read(Fields fields) {
        return new Supervision(
                fields.textItems("after", (name, position) -> Optional.of(new Predecessor(name, position))),
                fields.fields("ready").flatMap(SupervisionReader::readiness),
                restart(fields));
    }

    private static Restart restart(Fields fields) {
        Optional<String> word = fields.text("restart");
        Optional<Restart> restart = word.flatMap(text -> Arrays.stream(Restart.values())
                .filter(value -> value.toString().equals(text))
                .findFirst());
        if (word.isPresent() && restart.isEmpty()) {
            fields.problem("restart", "must be always, on-failure or never, not '" + word.get() + "'");
        }
        return restart.orElse(Restart.ALWAYS);
    }

    private static Optional<Readiness> readiness(Fields fields) {
        Duration timeout = duration(fields, "timeout").orElse(TIMEOUT);
        Duration interval = duration(fields, "interval").orElse(INTERVAL);
        List<Probe> probes = new ArrayList<>();
        file(fields).ifPresent(probes::add);
        exec(fields).ifPresent(probes::add);
        tcp(fields).ifPresent(probes::add);
        http(fields).ifPresent(probes::add);
        long given = PROBES.stream().filter(key -> fields.node(key).isPresent()).count();
        if (given != 1) {
            fields.problems()
                    .add(fields.position(), fields.what() + " needs exactly one of " + String.join(", ", PROBES));
        }
        fields.finish();
        return probes.stream().findFirst().map(probe -> new Readiness(probe, timeout, interval));
    }

    private static Optional<Probe> file(Fields fields) {
        Optional<String> path = fields.text("file");
        if (path.filter(text -> !text.startsWith("/")).isPresent()) {
            fields.problem("file", "must be a path of the machine, which begins with '/', not '" + path.get() + "'");
        }
        return path.map(PathMade::new);
    }

    private static Optional<Probe> exec(Fields fields) {
        Optional<List<String>> command = fields.optionalTexts("exec");
        if (command.filter(List::isEmpty).isPresent()) {
            fields.problem("exec", "must name a program and its arguments");
        }
        return command.map(Exec::new);
    }

    private static Optional<Probe> tcp(Fields fields) {
        return fields.text("tcp").flatMap(text -> {
            Matcher endpoint = ENDPOINT.matcher(text);
            if (!endpoint.matches() || Integer.parseInt(endpoint.group(2)) > 65_535) {
                fields.problem("tcp", "must have the form HOST:PORT, such as \"127.0.0.1:2375\", not '" + text + "'");
                return Optional.empty();
            }
            return Optional.of(
                    new Tcp(endpoint.group(1).replaceAll("[\\[\\]]", ""), Integer.parseInt(endpoint.group(2))));
        });
    }

    private static Optional<Probe> http(Fields fields) {
        Optional<String> url = fields.text("http");
        if (url.filter(text -> !URL.matcher(text).matches()).isPresent()) {
            fields.problem("http", "must be an address that begins with http:// or https://, not '" + url.get() + "'");
        }
        return url.map(Http::new);
    }

    private static Optional<Duration> duration(Fields fields, String key) {
        return fields.text(key).flatMap(text -> {
            Optional<Duration> duration = duration(text);
            if (duration.isEmpty()) {
                fields.problem(key, "must be from 100ms to 60m, such as 500ms, 30s or 2m, not '" + text + "'");
            }
            return duration;
        });
    }

    private static Optional<Duration> duration(String text) {
        Matcher parts = DURATION.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(parts.group(1));
        Duration duration = switch (parts.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            default -> Duration.ofMinutes(number);
        };
        boolean within = duration.compareTo(SHORTEST) >= 0 && duration.compareTo(LONGEST) <= 0;
        return within ? Optional.of(duration) : Optional.empty();
    }
}
