package dev.osie.build.runtime;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.osie.build.spec.ContainerEntry;
import dev.osie.build.spec.ContainerOptions.Process;
import dev.osie.build.spec.ContainerOptions.Rlimit;
import dev.osie.build.yaml.Problems;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The section {@code process} of config.json: what the document says, else what the image says. */
final class ProcessJson {
    private static final Pattern NUMERIC_USER = Pattern.compile("([0-9]{1,10}|root)?(?::([0-9]{1,10}|root)?)?");

    private final ContainerEntry entry;
    private final ContainerImage image;
    private final Identities identities;
    private final Problems problems;

    ProcessJson(ContainerEntry entry, ContainerImage image, Identities identities, Problems problems) {
        this.entry = entry;
        this.image = image;
        this.identities = identities;
        this.problems = problems;
    }

    ObjectNode build() {
        Process process = entry.options().process();
        ObjectNode json = Json.object();
        json.set("user", user(process));
        json.set("args", Json.array(arguments(process)));
        Json.putUnlessEmpty(json, "env", process.env().orElse(image.env()));
        json.put("cwd", process.cwd().orElse(image.workingDir().isEmpty() ? "/" : image.workingDir()));
        json.set("capabilities", capabilities(process));
        if (!process.rlimits().isEmpty()) {
            ArrayNode rlimits = json.putArray("rlimits");
            process.rlimits().forEach(limit -> rlimits.add(rlimit(limit)));
        }
        if (process.noNewPrivileges()) {
            json.put("noNewPrivileges", true);
        }
        process.oomScoreAdj().ifPresent(score -> json.put("oomScoreAdj", score));
        return json;
    }

    private List<String> arguments(Process process) {
        List<String> arguments = new ArrayList<>(process.command().orElseGet(() -> {
            List<String> both = new ArrayList<>(image.entrypoint());
            both.addAll(image.cmd());
            return both;
        }));
        if (arguments.isEmpty()) {
            problems.add(
                    entry.position(),
                    entry.describe() + " has nothing to run: the image '"
                            + entry.image().text()
                            + "' has neither entrypoint nor cmd, so the entry needs a 'command'");
        }
        return arguments;
    }

    private ObjectNode user(Process process) {
        ObjectNode user = Json.object();
        Matcher inherited = NUMERIC_USER.matcher(image.user());
        boolean numeric = inherited.matches();
        if (!numeric && process.uid().isEmpty()) {
            problems.add(
                    entry.image().position(),
                    "the image '" + entry.image().text() + "' runs as '" + image.user()
                            + "', whom its etc/passwd and etc/group do not list: set 'uid' and 'gid' of "
                            + entry.describe());
        }
        // A uid of the document's own replaces the image's user as a whole.
        boolean inherits = numeric && process.uid().isEmpty();
        user.put("uid", inherits ? number(inherited.group(1)) : identities.number(process.uid()));
        boolean inheritsGroup = inherits && process.gid().isEmpty();
        user.put("gid", inheritsGroup ? number(inherited.group(2)) : identities.number(process.gid()));
        if (!process.additionalGids().isEmpty()) {
            ArrayNode groups = user.putArray("additionalGids");
            process.additionalGids().forEach(gid -> groups.add(identities.number(gid)));
        }
        return user;
    }

    private static long number(String id) {
        return Optional.ofNullable(id)
                .filter(text -> !text.equals("root"))
                .map(Long::parseLong)
                .orElse(0L);
    }

    private static ObjectNode capabilities(Process process) {
        TreeSet<String> all = new TreeSet<>(process.capabilities());
        all.addAll(process.ambient());
        ObjectNode json = Json.object();
        Json.putUnlessEmpty(json, "bounding", all);
        Json.putUnlessEmpty(json, "effective", process.capabilities());
        Json.putUnlessEmpty(json, "inheritable", all);
        Json.putUnlessEmpty(json, "permitted", all);
        Json.putUnlessEmpty(json, "ambient", process.ambient());
        return json;
    }

    private static ObjectNode rlimit(Rlimit limit) {
        ObjectNode json = Json.object();
        json.put("type", limit.type());
        json.put("hard", new BigInteger(Long.toUnsignedString(limit.hard())));
        json.put("soft", new BigInteger(Long.toUnsignedString(limit.soft())));
        return json;
    }
}
