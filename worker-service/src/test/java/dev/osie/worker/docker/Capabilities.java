package dev.osie.worker.docker;

import dev.osie.worker.containerd.Privileges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What this process may do as root (capabilities(7)); inside a container that may be less than everything. */
public final class Capabilities {
    private Capabilities() {}

    /** The capabilities that this process hasn't got, as {@code CAP_…}. */
    public static List<String> missing() throws IOException {
        long held = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("CapEff:"))
                .mapToLong(line -> Long.parseUnsignedLong(
                        line.substring("CapEff:".length()).strip(), 16))
                .findFirst()
                .orElseThrow();
        List<String> all = Privileges.all();
        List<String> missing = new ArrayList<>();
        for (int number = 0; number < all.size(); number++) {
            if ((held >>> number & 1) == 0) {
                missing.add(all.get(number));
            }
        }
        return missing;
    }
}
