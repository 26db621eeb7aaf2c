package dev.osie.build.cli;

import dev.osie.build.artifact.Format;
import dev.osie.build.artifact.OutputFolder;
import dev.osie.build.assemble.Osie;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** What a build says at its end: which files there are now, and how to boot them. */
final class BuildReport {
    private final Collection<Format> formats;
    private final Progress progress;

    BuildReport(Collection<Format> formats, Progress progress) {
        this.formats = formats;
        this.progress = progress;
    }

    /**
     * An OSIE whose files are in a folder.
     *
     * @param written whether any of them is new
     */
    record Built(Osie osie, Path folder, boolean written) {
        private String title() {
            return osie.flavor() + " · " + osie.architecture() + " · ";
        }

        private String unchanged() {
            return title() + "nothing changed · " + folder;
        }
    }

    /** Where a build leaves its files, below the folder of all builds. */
    static Path folderIn(Path all, Osie osie) {
        return all.resolve(osie.flavor() + "-" + osie.architecture());
    }

    /** Reports the one OSIE that was asked for. */
    void one(Built built, String time) {
        if (!built.written()) {
            progress.info(built.unchanged() + "  (" + time + ")");
            return;
        }
        files(built);
        progress.info(built.title() + time + "." + (pair() ? " Boot it: " + runCommand(built) : ""));
    }

    /** Reports several of the same flavor. */
    void all(List<Built> all, String time) {
        if (all.isEmpty()) {
            return;
        }
        for (Built built : all) {
            if (built.written()) {
                files(built);
            } else {
                progress.info(built.unchanged());
            }
        }
        String architectures = all.stream()
                .map(built -> built.osie().architecture().toString())
                .collect(Collectors.joining(", "));
        Built last = all.get(all.size() - 1);
        progress.info(last.osie().flavor() + " · " + architectures + " · " + time + "."
                + (pair() && all.stream().anyMatch(Built::written) ? " Boot one: " + runCommand(last) : ""));
    }

    private void files(Built built) {
        Osie osie = built.osie();
        progress.info(built.folder() + "/");
        if (pair()) {
            file(
                    OutputFolder.kernelName(osie),
                    Sizes.bytes(osie.vmlinuz().orElseThrow().size()) + "   " + osie.kernel());
            file(
                    OutputFolder.initramfsName(osie),
                    Sizes.bytes(osie.initramfs().size()) + "   "
                            + Sizes.bytes(osie.initramfs().unpackedSize()) + " in memory");
        }
        if (formats.contains(Format.TAR)) {
            progress.info("  " + OutputFolder.tarName(osie));
        }
        if (formats.contains(Format.DTBS) && osie.deviceTrees().isPresent()) {
            progress.info("  " + OutputFolder.deviceTreesName(osie));
        }
        progress.info("  checksum.txt  " + osie.flavor() + ".yaml" + (pair() ? "  manifest.json" : ""));
    }

    private boolean pair() {
        return formats.contains(Format.PAIR);
    }

    private static String runCommand(Built built) {
        Osie osie = built.osie();
        String which = osie.architecture() == Architecture.X86_64 ? "" : " --arch " + osie.architecture();
        String where = built.folder().equals(folderIn(Path.of("out"), osie)) ? "" : " --output " + built.folder();
        return "./osie-build run " + osie.flavor() + which + where;
    }

    private void file(String name, String what) {
        progress.info(String.format("  %-18s %s", name, what));
    }
}
