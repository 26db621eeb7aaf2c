package dev.osie.build.artifact;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.assemble.Osie;
import dev.osie.build.initramfs.Segment;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.util.Optional;

/**
 * Writes the kernel + initramfs pair, under the names that Tinkerbell's {@code smee} asks for, with what belongs to it:
 *
 * <pre>
 * vmlinuz-ARCH     the kernel
 * initramfs-ARCH   the segments
 * FLAVOR.yaml      the document
 * manifest.json    where every file comes from
 * checksum.txt     SHA-512 sums of the others; it is there only when they are whole
 * </pre>
 */
public final class PairOutput {
    private static final String CHECKSUMS = "checksum.txt";

    private final Store store;

    public PairOutput(Store store) {
        this.store = store;
    }

    /** The file of the kernel. */
    public static String kernelName(Osie osie) {
        return "vmlinuz-" + osie.architecture();
    }

    /** The file of the initramfs. */
    public static String initramfsName(Osie osie) {
        return "initramfs-" + osie.architecture();
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
            stage(files, checksums, kernelName(osie), out -> {
                try (InputStream in = store.read(osie.vmlinuz().digest())) {
                    in.transferTo(out);
                }
            });
            stage(files, checksums, initramfsName(osie), out -> osie.initramfs().writeTo(out, store));
            byte[] document = osie.document().getBytes(StandardCharsets.UTF_8);
            stage(files, checksums, osie.flavor() + ".yaml", out -> out.write(document));
            stage(files, checksums, "manifest.json", out -> new Manifest(osie, store).writeTo(out));
            files.stage(CHECKSUMS, out -> out.write(checksums.toBytes()));
            files.commit();
        }
        store.remember(key, new String(checksums.toBytes(), StandardCharsets.UTF_8));
        return true;
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

    private static StepKey key(Osie osie) {
        return StepKey.of("pair", 1)
                .with("flavor", osie.flavor())
                .with("architecture", osie.architecture())
                .with("kernel", osie.kernel())
                .with("vmlinuz", osie.vmlinuz().digest())
                .withAll(
                        "segments",
                        osie.initramfs().segments().stream()
                                .map(Segment::toString)
                                .toList())
                .with("document", osie.document())
                .with("origins", osie.origins())
                .with("file origins", osie.fileOrigins());
    }
}
