package dev.osie.build.hardware;

import java.util.Optional;

/**
 * A device of a machine.
 *
 * @param name as its list has it, for people
 */
public record Device(String name, Modalias modalias) {
    private static final String SD_HOST = "0805";

    /**
     * Whether provisioning stalls without a driver: for storage, network, serial buses and ports, and whatever the list does not tell the
     * class of. Bridges, sound, graphics, memory controllers and the like are left to the firmware.
     */
    public boolean isNeeded() {
        Optional<String> kind = modalias.pciClass();
        return kind.isEmpty()
                || kind.get().startsWith("00")
                || kind.get().startsWith("01")
                || kind.get().startsWith("02")
                || kind.get().startsWith("0C0")
                || kind.get().equals(SD_HOST);
    }
}
