package dev.osie.build.kernel;

import java.util.List;

/**
 * A module that goes into the image, and why.
 *
 * @param path relative to {@code usr/lib/modules/RELEASE}: {@code kernel/fs/ext4/ext4.ko.xz}
 * @param reason the set and group that name it, or the module that needs it
 * @param firmware files it may ask for, relative to {@code lib/firmware}
 */
public record SelectedModule(String path, String reason, List<String> firmware) {
    public SelectedModule {
        firmware = List.copyOf(firmware);
    }

    /** The name modprobe knows it by. */
    public String name() {
        return ModulePath.name(path);
    }
}
