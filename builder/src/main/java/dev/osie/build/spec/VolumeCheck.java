package dev.osie.build.spec;

import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.Suggestion;
import java.util.HashMap;
import java.util.Map;

/** Compares the binds of containers with the volumes that a document declares. */
final class VolumeCheck {
    private final Map<String, VolumeEntry> volumes = new HashMap<>();
    private final Problems problems;

    VolumeCheck(OsieDocument document, Problems problems) {
        document.volumes().forEach(volume -> volumes.put(volume.name(), volume));
        this.problems = problems;
    }

    void check(ContainerEntry entry) {
        entry.options().filesystem().mounts().stream().filter(Mount::isVolume).forEach(this::check);
    }

    private void check(Mount mount) {
        VolumeEntry volume = volumes.get(mount.source());
        if (volume == null) {
            problems.add(
                    mount.position(),
                    () -> "unknown volume '" + mount.source() + "' — "
                            + Suggestion.closest(mount.source(), volumes.keySet())
                                    .map(closest -> "did you mean '" + closest + "'?")
                                    .orElse("declare it under 'volumes', or write a path that begins with '/'"));
        } else if (volume.readonly() && !mount.options().contains("ro")) {
            problems.add(
                    mount.position(),
                    "the volume '" + mount.source() + "' is read-only: its bind needs the option ro, as in '"
                            + mount.source() + ":" + mount.destination() + ":ro'");
        }
    }
}
