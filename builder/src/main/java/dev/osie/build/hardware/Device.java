package dev.osie.build.hardware;

import java.util.Optional;
import java.util.Set;

/**
 * A device of a machine.
 *
 * @param name as its list has it, for people
 */
public record Device(String name, Modalias modalias) {
    /** FireWire and SMBus, of the same base class, are not among them. */
    private static final Set<String> NEEDED = Set.of("0805", "0C03", "0C04", "0C06", "0C07");

    /**
     * Whether provisioning may stall without a driver: for storage, network, USB, Fibre Channel, InfiniBand, management controllers, SD
     * cards, and whatever has no class or whose class the list does not tell. Bridges, sound, graphics, memory controllers and the like are left out.
     */
    public boolean isNeeded() {
        Optional<String> kind = modalias.pciClass();
        return kind.isEmpty()
                || kind.get().startsWith("00")
                || kind.get().startsWith("FF")
                || kind.get().startsWith("01")
                || kind.get().startsWith("02")
                || NEEDED.contains(kind.get());
    }
}
