package dev.osie.build.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.osie.build.debian.Archive;
import dev.osie.build.lock.Drift;
import dev.osie.build.lock.LockDifference;
import dev.osie.build.lock.LockDifference.Change;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Differences of locks, as lines for people and as JSON for programs. */
final class LockReport {
    private static final int SHORT_DIGEST = "sha256:".length() + 12;

    private LockReport() {}

    /**
     * One line for each change, and one for the size of what is downloaded.
     *
     * @param forced why packages moved that nobody named
     */
    static List<String> lines(LockDifference difference, Map<String, String> forced) {
        int width = difference.changes().stream()
                .mapToInt(change -> name(change).length())
                .max()
                .orElse(0);
        List<String> lines = new ArrayList<>();
        for (Change change : difference.changes()) {
            String line = String.format(
                    Locale.ROOT, "  %-9s  %-" + width + "s  %s", word(change.kind()), name(change), what(change));
            boolean moved = change.kind() == LockDifference.Kind.PACKAGE
                    && change.from().isPresent();
            String reason = moved ? forced.getOrDefault(change.name(), "") : "";
            lines.add(reason.isEmpty() ? line : line + "   since " + reason);
        }
        if (difference.bytesBefore() != difference.bytesAfter()) {
            long more = difference.bytesAfter() - difference.bytesBefore();
            lines.add("  download   " + Sizes.bytes(difference.bytesBefore()) + " → "
                    + Sizes.bytes(difference.bytesAfter()) + " (" + (more < 0 ? "-" : "+") + Sizes.bytes(Math.abs(more))
                    + ")");
        }
        return lines;
    }

    /** One line for a drift. */
    static String line(Drift drift) {
        return String.format(Locale.ROOT, "%-8s  %s", word(drift.kind()), drift.describe());
    }

    static ObjectNode json(LockDifference difference) {
        ObjectNode object = new ObjectMapper().createObjectNode();
        ArrayNode changes = object.putArray("changes");
        for (Change change : difference.changes()) {
            ObjectNode node = changes.addObject();
            node.put("kind", word(change.kind()));
            node.put("name", change.name());
            ArrayNode architectures = node.putArray("architectures");
            change.architectures().forEach(architectures::add);
            change.from().ifPresent(from -> node.put("from", from));
            change.to().ifPresent(to -> node.put("to", to));
            change.archive().ifPresent(archive -> node.put("archive", archive.toString()));
        }
        object.put("bytesBefore", difference.bytesBefore());
        object.put("bytesAfter", difference.bytesAfter());
        return object;
    }

    static ArrayNode json(Collection<Drift> drifts) {
        ArrayNode array = new ObjectMapper().createArrayNode();
        for (Drift drift : drifts) {
            ObjectNode node = array.addObject();
            node.put("kind", word(drift.kind()));
            node.put("name", drift.name());
            drift.architecture().ifPresent(architecture -> node.put("architecture", architecture.toString()));
            node.put("detail", drift.detail());
        }
        return array;
    }

    private static String name(Change change) {
        return change.architectures().isEmpty()
                ? change.name()
                : change.name() + " (" + String.join(", ", change.architectures()) + ")";
    }

    private static String what(Change change) {
        String security = change.archive().filter(Archive.SECURITY::equals).isPresent() ? "  (security)" : "";
        if (change.from().isEmpty()) {
            return "added: " + shortened(change.to().orElseThrow()) + security;
        }
        String from = shortened(change.from().get());
        if (change.to().isEmpty()) {
            return "removed, was " + from;
        }
        String to = shortened(change.to().get());
        return from + " → " + (to.equals(from) ? "another of this name" : to) + security;
    }

    private static String shortened(String value) {
        return value.startsWith("sha256:") ? value.substring(0, SHORT_DIGEST) + "…" : value;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
