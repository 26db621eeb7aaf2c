package dev.osie.build.image;

import dev.osie.build.spec.Capabilities;
import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.Suggestion;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The capabilities of an executable (capabilities(7), "File capabilities"), in the notation of setcap(8): {@code cap_net_raw+ep}.
 *
 * @param permitted bits by the capabilities' numbers
 * @param inheritable likewise
 * @param effective whether those that the process gets are in effect from the start; the kernel has one bit for all of them
 */
public record FileCapabilities(long permitted, long inheritable, boolean effective) {
    /** The extended attribute that holds them. */
    static final String ATTRIBUTE = "security.capability";

    private static final int VERSION_2 = 0x0200_0000;
    private static final int EFFECTIVE = 1;
    private static final int SIZE = 20;
    private static final Pattern CLAUSE = Pattern.compile("([A-Za-z0-9_,]{1,2000})[=+]([eip]{1,3})");
    private static final String FORM = "expected names and what they are given as, such as cap_net_raw+ep"
            + " (e: effective, i: inheritable, p: permitted)";

    /** Reads a list of clauses; nothing when there is none that is right. */
    static Optional<FileCapabilities> read(Fields fields, String key, Problems problems) {
        long permitted = 0;
        long inheritable = 0;
        long effective = 0;
        for (Clause clause : fields.textItems(key, (text, position) -> clause(text, position, problems))) {
            permitted |= clause.flags().contains("p") ? clause.bits() : 0;
            inheritable |= clause.flags().contains("i") ? clause.bits() : 0;
            effective |= clause.flags().contains("e") ? clause.bits() : 0;
        }
        if ((permitted | inheritable) == 0) {
            if (effective != 0) {
                fields.problem(key, "must make some permitted or inheritable: what is only effective has no effect");
            }
            return Optional.empty();
        }
        if (effective != 0 && effective != (permitted | inheritable)) {
            fields.problem(
                    key, "must make all of them effective, or none: the kernel keeps one flag for all of a file's");
        }
        return Optional.of(new FileCapabilities(permitted, inheritable, effective != 0));
    }

    private record Clause(long bits, String flags) {}

    private static Optional<Clause> clause(String text, Position position, Problems problems) {
        Matcher matcher = CLAUSE.matcher(text);
        if (!matcher.matches()) {
            boolean name = text.length() < 100 && number(text).isPresent();
            problems.add(
                    position,
                    () -> "'" + text + "' does not say what kind of capability it gives — "
                            + (name ? "perhaps '" + text + "+ep' is meant" : FORM));
            return Optional.empty();
        }
        long bits = 0;
        for (String name : matcher.group(1).split(",", -1)) {
            if (name.equalsIgnoreCase("all")) {
                bits |= (1L << Capabilities.ALL.size()) - 1;
                continue;
            }
            Optional<Integer> number = number(name);
            if (number.isEmpty()) {
                problems.add(position, () -> "unknown capability '" + name + "' — " + expected(name));
                return Optional.empty();
            }
            bits |= 1L << number.get();
        }
        return Optional.of(new Clause(bits, matcher.group(2)));
    }

    private static Optional<Integer> number(String name) {
        int index = Capabilities.ALL.indexOf(name.toUpperCase(Locale.ROOT));
        return index < 0 ? Optional.empty() : Optional.of(index);
    }

    private static String expected(String name) {
        List<String> names = Capabilities.ALL.stream()
                .map(capability -> capability.toLowerCase(Locale.ROOT))
                .toList();
        String lower = name.toLowerCase(Locale.ROOT);
        return Suggestion.closest(lower, names)
                .or(() -> Suggestion.closest("cap_" + lower, names))
                .map(closest -> "did you mean '" + closest + "'?")
                .orElse("capabilities(7) lists them: cap_net_raw, cap_net_admin, …");
    }

    /** The attribute's value in hexadecimal: {@code struct vfs_cap_data} of revision 2, which belongs to no user namespace. */
    String attribute() {
        return HexFormat.of()
                .formatHex(ByteBuffer.allocate(SIZE)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(VERSION_2 | (effective ? EFFECTIVE : 0))
                        .putInt((int) permitted)
                        .putInt((int) inheritable)
                        .putInt((int) (permitted >>> 32))
                        .putInt((int) (inheritable >>> 32))
                        .array());
    }
}
