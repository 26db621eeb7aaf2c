package dev.osie.build.runtime;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.osie.build.spec.ContainerEntry;
import dev.osie.build.spec.ContainerOptions.Process;
import dev.osie.build.spec.ContainerSettings;
import dev.osie.build.spec.ContainerSettings.Seccomp;
import dev.osie.build.spec.FileEntry;
import dev.osie.build.spec.OsieDocument;
import dev.osie.build.yaml.Problems;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What the section {@code osie:} adds to a config.json: a filter of system calls, masked paths, no new privileges, limits of the
 * unified hierarchy. Where it says nothing, nothing is added.
 */
final class Hardening {
    /** What tells of the machine's hardware, or of what other containers do. */
    private static final List<String> MASKED = List.of(
            "/proc/acpi",
            "/proc/asound",
            "/proc/interrupts",
            "/proc/kallsyms",
            "/proc/kcore",
            "/proc/keys",
            "/proc/latency_stats",
            "/proc/sched_debug",
            "/proc/scsi",
            "/proc/timer_list",
            "/proc/timer_stats",
            "/sys/devices/virtual/powercap",
            "/sys/firmware");

    /** What changes the machine when it is written to. */
    private static final List<String> READONLY =
            List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

    private final ContainerEntry entry;
    private final ContainerSettings settings;
    private final boolean hardened;
    private final Optional<ObjectNode> seccomp;

    /**
     * The hardening of a container.
     *
     * @param entry with what the image's label says
     * @param files the host's file for one that the document names
     */
    Hardening(OsieDocument document, ContainerEntry entry, Function<FileEntry.Source, Path> files, Problems problems) {
        this.entry = entry;
        this.settings = document.settings().of(entry);
        this.hardened = document.settings().isHardened(entry);
        this.seccomp = seccomp(files, problems);
    }

    private Optional<ObjectNode> seccomp(Function<FileEntry.Source, Path> files, Problems problems) {
        Optional<Seccomp> named = settings.seccomp();
        if (named.isEmpty() && !hardened || named.filter(Seccomp::isUnconfined).isPresent()) {
            return Optional.empty();
        }
        if (named.isEmpty() || named.get().isDefault()) {
            Process process = entry.options().process();
            Set<String> capabilities = new TreeSet<>(process.capabilities());
            capabilities.addAll(process.ambient());
            return Optional.of(SeccompProfile.standard(capabilities));
        }
        Seccomp profile = named.get();
        Path file = files.apply(new FileEntry.Source(profile.text(), false, profile.position()));
        return SeccompProfile.of(file, profile, problems);
    }

    /** Adds to a config.json, and returns it. */
    ObjectNode apply(ObjectNode config) {
        // What the entry says in LinuxKit's own words is nearer to the container than a default.
        if (hardened && entry.source().get("noNewPrivileges").isEmpty()) {
            ((ObjectNode) config.get("process")).put("noNewPrivileges", true);
        }
        ObjectNode linux = (ObjectNode) config.get("linux");
        if (!settings.unified().isEmpty()) {
            ObjectNode resources = (ObjectNode) linux.get("resources");
            Json.putUnlessEmpty(resources, "unified", settings.unified());
        }
        seccomp.ifPresent(profile -> linux.set("seccomp", profile));
        if (settings.masksPaths().orElse(hardened)) {
            putUnlessThere(linux, "maskedPaths", MASKED);
            putUnlessThere(linux, "readonlyPaths", READONLY);
        }
        return config;
    }

    private void putUnlessThere(ObjectNode linux, String key, Collection<String> paths) {
        if (entry.source().get(key).isEmpty()) {
            linux.set(key, Json.array(paths));
        }
    }
}
