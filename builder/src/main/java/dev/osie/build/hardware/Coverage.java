package dev.osie.build.hardware;

import java.util.List;
import java.util.SortedMap;

/**
 * Whether an image can drive a device.
 *
 * @param drivers names of the modules, or of the built-in drivers, that the verdict is about
 * @param certain whether they are for this device; otherwise it depends on what the list doesn't tell, such as the subsystem
 * @param firmware files that these modules may ask for, and whether the image has them
 */
public record Coverage(
        Device device, Verdict verdict, List<String> drivers, boolean certain, SortedMap<String, Boolean> firmware) {
    /** What becomes of the device. */
    public enum Verdict {
        BUILT_IN("built in"),
        IN_IMAGE("in the image"),
        NOT_IN_IMAGE("in the kernel, not in this image"),
        NO_DRIVER("no driver in this kernel");

        private final String text;

        Verdict(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** Whether the device works, or provisioning can do without it. */
    public boolean isCovered() {
        return verdict == Verdict.BUILT_IN || verdict == Verdict.IN_IMAGE || !device.isNeeded();
    }

    /** Whether the driver may ask for files that the image does not have. */
    public boolean lacksFirmware() {
        return firmware.containsValue(false);
    }
}
