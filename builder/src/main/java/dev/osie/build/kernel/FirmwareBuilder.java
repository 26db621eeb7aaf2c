package dev.osie.build.kernel;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.DebReader;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Scratch;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import dev.osie.build.yaml.Position;
import java.util.List;
import java.util.Optional;

/** Takes from packages of firmware what the modules of a kernel may ask for, and no more. The result is kept in the store. */
public final class FirmwareBuilder {
    /** Rises whenever the same packages would become other bytes. */
    public static final int FORMAT = 1;

    private final Store store;
    private final long epoch;
    private final Progress progress;

    /**
     * @param epoch latest modification time of what is made, in seconds since 1970
     */
    public FirmwareBuilder(Store store, long epoch, Progress progress) {
        this.store = store;
        this.epoch = epoch;
        this.progress = progress;
    }

    /**
     * Makes the firmware of a kernel.
     *
     * @param packages in the store; where two have a file, the first one's is taken
     * @param added patterns of further files, relative to {@code lib/firmware}; {@code *} stands for any characters
     * @param position where these are written
     * @throws dev.osie.build.failure.BuildException when such a pattern fits no file of the packages
     */
    public Firmware build(
            List<BinaryPackage> packages, List<SelectedModule> modules, List<String> added, Position position) {
        StepKey key = key(packages, modules, added);
        Optional<Firmware> earlier =
                store.recall(key).map(FirmwareRecord::parse).filter(this::isStored);
        if (earlier.isPresent()) {
            return earlier.get();
        }
        try (Scratch scratch = store.scratch();
                Progress.Step step = progress.start("firmware", 0)) {
            FirmwareSelection selection = new FirmwareSelection();
            packages.forEach(each -> selection.offer(each.toString(), DebReader.read(store, each, scratch)));
            modules.forEach(module -> module.firmware().forEach(file -> selection.ask(module.name(), file)));
            added.forEach(pattern -> selection.add(pattern, position));
            Tree tree = selection.tree(epoch);
            Blob layer = store.write(out -> TarLayer.write(tree, out));
            Firmware firmware = new Firmware(layer, selection.origins(), selection.missing());
            store.remember(key, FirmwareRecord.toText(firmware));
            step.done(firmware.describe());
            return firmware;
        }
    }

    /** Whether the firmware was made earlier, so that its packages are not needed. */
    public boolean isMade(List<BinaryPackage> packages, List<SelectedModule> modules, List<String> added) {
        return store.recall(key(packages, modules, added))
                .map(FirmwareRecord::parse)
                .filter(this::isStored)
                .isPresent();
    }

    private StepKey key(List<BinaryPackage> packages, List<SelectedModule> modules, List<String> added) {
        StepKey key = StepKey.of("firmware", FORMAT).with("epoch", epoch);
        packages.forEach(each -> key.with("deb", each.deb().digest()).with("name", each.toString()));
        for (SelectedModule module : modules) {
            module.firmware().forEach(file -> key.with("module", module.name()).with("file", file));
        }
        added.forEach(pattern -> key.with("added", pattern));
        return key;
    }

    private boolean isStored(Firmware firmware) {
        return store.contains(firmware.layer());
    }
}
