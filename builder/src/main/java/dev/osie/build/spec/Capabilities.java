package dev.osie.build.spec;

import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.Suggestion;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The capabilities of Linux (capabilities(7)), up to Linux 5.9, which added the last one. */
public final class Capabilities {
    /** Every capability by its number. */
    public static final List<String> ALL = List.of(
            "CAP_CHOWN",
            "CAP_DAC_OVERRIDE",
            "CAP_DAC_READ_SEARCH",
            "CAP_FOWNER",
            "CAP_FSETID",
            "CAP_KILL",
            "CAP_SETGID",
            "CAP_SETUID",
            "CAP_SETPCAP",
            "CAP_LINUX_IMMUTABLE",
            "CAP_NET_BIND_SERVICE",
            "CAP_NET_BROADCAST",
            "CAP_NET_ADMIN",
            "CAP_NET_RAW",
            "CAP_IPC_LOCK",
            "CAP_IPC_OWNER",
            "CAP_SYS_MODULE",
            "CAP_SYS_RAWIO",
            "CAP_SYS_CHROOT",
            "CAP_SYS_PTRACE",
            "CAP_SYS_PACCT",
            "CAP_SYS_ADMIN",
            "CAP_SYS_BOOT",
            "CAP_SYS_NICE",
            "CAP_SYS_RESOURCE",
            "CAP_SYS_TIME",
            "CAP_SYS_TTY_CONFIG",
            "CAP_MKNOD",
            "CAP_LEASE",
            "CAP_AUDIT_WRITE",
            "CAP_AUDIT_CONTROL",
            "CAP_SETFCAP",
            "CAP_MAC_OVERRIDE",
            "CAP_MAC_ADMIN",
            "CAP_SYSLOG",
            "CAP_WAKE_ALARM",
            "CAP_BLOCK_SUSPEND",
            "CAP_AUDIT_READ",
            "CAP_PERFMON",
            "CAP_BPF",
            "CAP_CHECKPOINT_RESTORE");

    private Capabilities() {}

    /** A name of a document: one capability, or the words {@code all} and {@code none}. */
    static Optional<List<String>> named(String name, Position position, Problems problems) {
        if (name.equalsIgnoreCase("all")) {
            return Optional.of(ALL);
        }
        if (name.equalsIgnoreCase("none")) {
            return Optional.of(List.of());
        }
        if (ALL.contains(name)) {
            return Optional.of(List.of(name));
        }
        problems.add(position, () -> "unknown capability '" + name + "' — " + expected(name));
        return Optional.empty();
    }

    private static String expected(String name) {
        return Suggestion.closest(name.toUpperCase(Locale.ROOT), ALL)
                .or(() -> Suggestion.closest("CAP_" + name.toUpperCase(Locale.ROOT), ALL))
                .map(closest -> "did you mean '" + closest + "'?")
                .orElse("expected a name such as CAP_NET_ADMIN, or all");
    }

    /** Each capability once, in the order given. */
    static List<String> distinct(List<List<String>> named) {
        Set<String> distinct = new LinkedHashSet<>();
        named.forEach(distinct::addAll);
        return new ArrayList<>(distinct);
    }
}
