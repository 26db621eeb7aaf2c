package dev.osie.worker.settings;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The network interfaces of the machine, as Linux shows them under {@code /sys/class/net}. */
final class NetworkInterfaces {
    private NetworkInterfaces() {}

    /**
     * The MAC address of the physical interface that has a link and the lowest index; of the lowest index when none has a link.
     * Bridges, bonds and the loopback have no device behind them and don't count.
     */
    static Optional<String> firstAddress(Path directory) {
        String best = null;
        long bestRank = Long.MAX_VALUE;
        try (DirectoryStream<Path> interfaces = Files.newDirectoryStream(directory)) {
            for (Path each : interfaces) {
                String address = text(each.resolve("address"));
                if (!Files.exists(each.resolve("device")) || address.length() != 17) {
                    continue;
                }
                long rank = index(each) + (text(each.resolve("carrier")).equals("1") ? 0 : 1L << 32);
                if (rank < bestRank) {
                    best = address;
                    bestRank = rank;
                }
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return Optional.ofNullable(best);
    }

    private static long index(Path networkInterface) {
        try {
            return Integer.parseInt(text(networkInterface.resolve("ifindex")));
        } catch (NumberFormatException e) {
            return Integer.MAX_VALUE;
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            // An interface that is down has no readable carrier.
            return "";
        }
    }
}
