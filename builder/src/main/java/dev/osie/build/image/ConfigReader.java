package dev.osie.build.image;

import dev.osie.build.spec.ContainerLabel;
import dev.osie.build.spec.Identity;
import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.Suggestion;
import dev.osie.build.yaml.YamlNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a recipe's {@code config}. */
final class ConfigReader {
    private static final Pattern USER =
            Pattern.compile("([a-z_][a-z0-9_-]{0,31}|[0-9]{1,10})" + "(?::([a-z_][a-z0-9_-]{0,31}|[0-9]{1,10}))?");
    private static final Pattern VARIABLE = Pattern.compile("[^=\\x00-\\x20]{1,255}");
    private static final Pattern PORT = Pattern.compile("([0-9]{1,5})(?:/(?:tcp|udp|sctp))?");
    private static final int LARGEST_PORT = 65535;
    private static final long LARGEST_ID = 0xffff_fffeL;
    private static final int LARGEST_SIGNAL = 64;
    /** signal(7), on every architecture that an OSIE is built for; SIGRTMIN and SIGRTMAX may have a distance after them. */
    private static final List<String> SIGNALS = List.of(
            "SIGABRT",
            "SIGALRM",
            "SIGBUS",
            "SIGCHLD",
            "SIGCONT",
            "SIGFPE",
            "SIGHUP",
            "SIGILL",
            "SIGINT",
            "SIGIO",
            "SIGKILL",
            "SIGPIPE",
            "SIGPROF",
            "SIGPWR",
            "SIGQUIT",
            "SIGRTMAX",
            "SIGRTMIN",
            "SIGSEGV",
            "SIGSTKFLT",
            "SIGSTOP",
            "SIGSYS",
            "SIGTERM",
            "SIGTRAP",
            "SIGTSTP",
            "SIGTTIN",
            "SIGTTOU",
            "SIGURG",
            "SIGUSR1",
            "SIGUSR2",
            "SIGVTALRM",
            "SIGWINCH",
            "SIGXCPU",
            "SIGXFSZ");

    private static final Pattern REALTIME = Pattern.compile("SIGRTM(?:IN\\+|AX-)[0-9]{1,2}");

    private final ValueReader values;
    private final Problems problems;

    ConfigReader(ValueReader values) {
        this.values = values;
        this.problems = values.problems();
    }

    RecipeConfig read(Fields fields) {
        if (fields.node("healthcheck").isPresent()) {
            problems.add(
                    ValueReader.at(fields, "healthcheck"),
                    "'healthcheck' is Docker's own and not in OCI's image configuration: where the image is a service,"
                            + " the flavor says how to tell that it is ready (osie: services: NAME: ready)");
        }
        RecipeConfig config = new RecipeConfig(
                user(fields),
                env(fields),
                fields.optionalTexts("entrypoint"),
                fields.optionalTexts("cmd"),
                absolute(fields, "working-dir", fields.text("working-dir")),
                labels(fields),
                new TreeSet<>(fields.textItems(
                        "volumes", (text, position) -> absolute(position, "a volume", Optional.of(text)))),
                new TreeSet<>(fields.textItems("exposed-ports", this::port)),
                fields.text("stop-signal").flatMap(text -> signal(fields, text)));
        fields.finish();
        return config;
    }

    private Optional<RecipeConfig.User> user(Fields fields) {
        return fields.text("user").flatMap(text -> {
            Position position = ValueReader.at(fields, "user");
            Matcher matcher = USER.matcher(text);
            if (!matcher.matches() || !isId(matcher.group(1)) || !isId(matcher.group(2))) {
                problems.add(
                        position,
                        () -> "'user' must be a user or USER:GROUP, each a name or a number up to " + LARGEST_ID
                                + ", not '" + text + "'");
                return Optional.empty();
            }
            return Optional.of(new RecipeConfig.User(
                    new Identity(matcher.group(1), position),
                    Optional.ofNullable(matcher.group(2)).map(group -> new Identity(group, position))));
        });
    }

    private static boolean isId(String text) {
        return text == null || !Character.isDigit(text.charAt(0)) || Long.parseLong(text) <= LARGEST_ID;
    }

    /** A mapping; or a list of entries, where a variable can have a value for each architecture. */
    private Map<String, String> env(Fields fields) {
        if (!(fields.node("env").orElse(null) instanceof YamlNode.Sequence)) {
            Map<String, String> env = fields.textMap("env");
            env.forEach((name, value) -> checkVariable(ValueReader.at(fields, "env"), name, value));
            return env;
        }
        Map<String, String> env = new LinkedHashMap<>();
        fields.items("env", this::variable).forEach(variable -> {
            if (env.put(variable.name(), variable.value()) != null) {
                problems.add(
                        variable.position(),
                        "'env' has " + variable.name() + " twice: on one architecture it can have one value");
            }
        });
        return env;
    }

    private record Variable(String name, String value, Position position) {}

    private Optional<Variable> variable(YamlNode node) {
        Fields fields = Fields.of(node, "a variable of 'env'", problems);
        String name = fields.requiredText("name");
        String value = fields.requiredText("value");
        boolean counts = values.counts(fields);
        fields.finish();
        if (fields.node("name").isPresent()) {
            checkVariable(ValueReader.at(fields, "name"), name, value);
        }
        return counts ? Optional.of(new Variable(name, value, fields.position())) : Optional.empty();
    }

    private void checkVariable(Position position, String name, String value) {
        values.check(position, VARIABLE, "the name of a variable: it must have neither '=' nor spaces", name);
        if (value.indexOf('\0') >= 0) {
            problems.add(position, "the value of the variable '" + name + "' must not contain NUL");
        }
    }

    private SortedMap<String, String> labels(Fields fields) {
        SortedMap<String, String> labels = new TreeMap<>();
        fields.fields("labels").ifPresent(all -> {
            for (YamlNode.Scalar key : all.keys()) {
                String name = key.text();
                if (name.equals(ContainerLabel.NAME)) {
                    all.node(name)
                            .flatMap(value -> ContainerLabel.read(value, problems))
                            .ifPresent(text -> labels.put(name, text));
                } else {
                    all.text(name).ifPresent(text -> labels.put(name, text));
                }
            }
        });
        return labels;
    }

    private Optional<String> absolute(Fields fields, String key, Optional<String> path) {
        return absolute(ValueReader.at(fields, key), "'" + key + "'", path);
    }

    private Optional<String> absolute(Position position, String what, Optional<String> path) {
        return path.filter(text -> {
            if (!text.startsWith("/")) {
                problems.add(position, () -> what + " must be a path that begins with '/', not '" + text + "'");
                return false;
            }
            return text.equals("/") || !values.path(position, what, text).isEmpty();
        });
    }

    private Optional<String> port(String text, Position position) {
        Matcher matcher = PORT.matcher(text);
        if (matcher.matches()) {
            int port = Integer.parseInt(matcher.group(1));
            if (port > 0 && port <= LARGEST_PORT) {
                return Optional.of(text);
            }
        }
        problems.add(position, () -> "'" + text + "' is not a port: expected one such as 80/tcp or 53/udp");
        return Optional.empty();
    }

    private Optional<String> signal(Fields fields, String text) {
        boolean number = text.matches("[0-9]{1,2}");
        boolean known = number
                ? Integer.parseInt(text) > 0 && Integer.parseInt(text) <= LARGEST_SIGNAL
                : SIGNALS.contains(text) || REALTIME.matcher(text).matches();
        if (known) {
            return Optional.of(text);
        }
        List<String> spelled = new ArrayList<>(SIGNALS);
        fields.problem(
                "stop-signal",
                "must be a signal, not '" + text + "' — "
                        + Suggestion.closest(text, spelled)
                                .or(() -> Suggestion.closest("SIG" + text, spelled))
                                .map(closest -> "did you mean '" + closest + "'?")
                                .orElse("expected one such as SIGTERM"));
        return Optional.empty();
    }
}
