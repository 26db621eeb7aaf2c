package dev.osie.worker.containerd;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What privileged containers may do: everything that the kernel knows (capabilities(7)). */
public final class Privileges {
    private static final Path LAST = Path.of("/proc/sys/kernel/cap_last_cap");

    /** By their numbers, from 0. */
    private static final List<String> CAPABILITIES = List.of(
            "CHOWN",
            "DAC_OVERRIDE",
            "DAC_READ_SEARCH",
            "FOWNER",
            "FSETID",
            "KILL",
            "SETGID",
            "SETUID",
            "SETPCAP",
            "LINUX_IMMUTABLE",
            "NET_BIND_SERVICE",
            "NET_BROADCAST",
            "NET_ADMIN",
            "NET_RAW",
            "IPC_LOCK",
            "IPC_OWNER",
            "SYS_MODULE",
            "SYS_RAWIO",
            "SYS_CHROOT",
            "SYS_PTRACE",
            "SYS_PACCT",
            "SYS_ADMIN",
            "SYS_BOOT",
            "SYS_NICE",
            "SYS_RESOURCE",
            "SYS_TIME",
            "SYS_TTY_CONFIG",
            "MKNOD",
            "LEASE",
            "AUDIT_WRITE",
            "AUDIT_CONTROL",
            "SETFCAP",
            "MAC_OVERRIDE",
            "MAC_ADMIN",
            "SYSLOG",
            "WAKE_ALARM",
            "BLOCK_SUSPEND",
            "AUDIT_READ",
            "PERFMON",
            "BPF",
            "CHECKPOINT_RESTORE");

    private Privileges() {}

    /** The capabilities of this kernel by their numbers, {@code CAP_…}. */
    public static List<String> all() {
        int known = CAPABILITIES.size();
        // Read at once: the kernel gives such a file only to a first read, however short.
        try (BufferedReader last = Files.newBufferedReader(LAST)) {
            known = Math.min(known, Integer.parseInt(last.readLine().strip()) + 1);
        } catch (IOException | NumberFormatException e) {
            // A kernel that doesn't tell is taken for a new one.
        }
        return CAPABILITIES.subList(0, known).stream()
                .map(name -> "CAP_" + name)
                .toList();
    }
}
