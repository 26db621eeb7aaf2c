package dev.osie.build.artifact;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.assemble.Osie;
import dev.osie.build.assemble.Part;
import dev.osie.build.initramfs.Rootfs;
import dev.osie.build.initramfs.Segment;
import dev.osie.build.oci.gzip.GzipWriter;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Writes an OSIE's files into a folder. The pair has the names that Tinkerbell's {@code smee} asks for:
 *
 * <pre>
 * vmlinuz-ARCH     the kernel
 * initramfs-ARCH   the segments
 * manifest.json    where every file of the initramfs comes from
 * FLAVOR-ARCH.tar  everything as a tar archive
 * dtbs-ARCH.tar.gz device trees, below {@code dtbs-ARCH/} by the paths that they have in the kernel's sources
 * FLAVOR.yaml      the document
 * checksum.txt     SHA-512 sums of the others; it is there only when they are whole
 * </pre>
 *
 * The first three belong to {@link Format#PAIR}, the fourth to {@link Format#TAR}, the fifth to {@link Format#DTBS}: it has the name of
 * Tinkerbell's Hook, and is left out where the kernel has no device trees.
 */
public final class OutputFolder {
    private static final String CHECKSUMS = "checksum.txt";

    private final Store store;
    private final Set<Format> formats;
    private final Progress progress;

    public OutputFolder(Store store, Set<Format> formats, Progress progress) {
        this.store = store;
        this.progress = progress;
        this.formats = EnumSet.copyOf(formats);
    }

    /** The file of the kernel. */
    public static String kernelName(Osie osie) {
        return "vmlinuz-" + osie.architecture();
    }

    /** The file of the initramfs. */
    public static String initramfsName(Osie osie) {
        return "initramfs-" + osie.architecture();
    }

    /** The file of the archive. */
    public static String tarName(Osie osie) {
        return osie.flavor() + "-" + osie.architecture() + ".tar";
    }

    /** The file of the device trees. */
    public static String deviceTreesName(Osie osie) {
        return deviceTrees(osie) + ".tar.gz";
    }

    private static String deviceTrees(Osie osie) {
        return "dtbs-" + osie.architecture();
    }

    /**
     * Writes the files, unless the folder has just these already.
     *
     * @return whether anything was written
     */
    public boolean write(Osie osie, Path folder) {
        StepKey key = key(osie);
        Checksums checksums = new Checksums();
        try (StagedFiles files = new StagedFiles(folder)) {
            if (isThere(folder, store.recall(key))) {
                return false;
            }
            if (formats.contains(Format.PAIR)) {
                stagePair(osie, files, checksums);
            }
            if (formats.contains(Format.TAR)) {
                stageTar(osie, files, checksums);
            }
            if (formats.contains(Format.DTBS)) {
                osie.deviceTrees()
                        .ifPresentOrElse(
                                archive -> stageDeviceTrees(osie, archive, files, checksums),
                                () -> progress.warn("the kernel has no device trees for " + osie.architecture() + ": "
                                        + deviceTreesName(osie) + " is left out"));
            }
            byte[] document = osie.document().getBytes(StandardCharsets.UTF_8);
            stage(files, checksums, osie.flavor() + ".yaml", out -> out.write(document));
            files.stage(CHECKSUMS, out -> out.write(checksums.toBytes()));
            files.commit();
        }
        store.remember(key, new String(checksums.toBytes(), StandardCharsets.UTF_8));
        return true;
    }

    private void stageTar(Osie osie, StagedFiles files, Checksums checksums) {
        Rootfs rootfs = Rootfs.of(osie.parts().stream().map(Part::unit).toList(), osie.latestMtime());
        if (!formats.contains(Format.PAIR)) {
            rootfs.warnings().forEach(progress::warn); // else the initramfs has had them
        }
        stage(files, checksums, tarName(osie), out -> new TarArchive(osie, store).write(rootfs, out));
    }

    private void stagePair(Osie osie, StagedFiles files, Checksums checksums) {
        stage(files, checksums, kernelName(osie), out -> {
            try (InputStream in = store.read(osie.vmlinuz().orElseThrow().digest())) {
                in.transferTo(out);
            }
        });
        stage(files, checksums, initramfsName(osie), out -> osie.initramfs().writeTo(out, store));
        stage(files, checksums, "manifest.json", out -> new Manifest(osie, store).writeTo(out));
    }

    private void stageDeviceTrees(Osie osie, Blob archive, StagedFiles files, Checksums checksums) {
        Tree tree = TarLayer.read(store, archive.digest()).tree().below(deviceTrees(osie));
        stage(files, checksums, deviceTreesName(osie), out -> {
            try (GzipWriter gzip = new GzipWriter(out)) {
                TarLayer.write(tree, gzip);
            }
        });
    }

    private static void stage(StagedFiles files, Checksums checksums, String name, Store.Writer writer) {
        files.stage(name, out -> {
            DigestOutputStream watched = checksums.watch(out);
            writer.writeTo(watched);
            watched.flush();
            checksums.finish(name, watched);
        });
    }

    private static boolean isThere(Path folder, Optional<String> expected) {
        Path checksums = folder.resolve(CHECKSUMS);
        try {
            return expected.isPresent()
                    && Files.isRegularFile(checksums)
                    && Files.readString(checksums).equals(expected.get())
                    && Checksums.hold(expected.get(), folder);
        } catch (IOException e) {
            throw unavailable("Tried to read what is in " + folder + ", but " + e.getMessage())
                    .because(e);
        }
    }

    private StepKey key(Osie osie) {
        StepKey key = StepKey.of("output", 1)
                .with("formats", formats)
                .with("flavor", osie.flavor())
                .with("architecture", osie.architecture())
                .with("kernel", osie.kernel())
                .with(
                        "vmlinuz",
                        osie.vmlinuz().map(blob -> blob.digest().toString()).orElse(""))
                .with("ucode", osie.ucode())
                .with("device trees", osie.deviceTrees())
                .withAll(
                        "segments",
                        osie.initramfs().segments().stream()
                                .map(Segment::toString)
                                .toList())
                .with("document", osie.document())
                .with("origins", osie.origins())
                .with("file origins", osie.fileOrigins())
                .with("latest", osie.latestMtime());
        osie.parts().forEach(part -> describe(part, key));
        return key;
    }

    private static void describe(Part part, StepKey key) {
        key.with("identity", part.unit().identity())
                .withAll("prefixes", part.unit().prefixes())
                .with("source", part.source())
                .with("location", part.location())
                .withAll("files", part.files());
    }
}
