package dev.osie.build.kernel;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.DebReader;
import dev.osie.build.initramfs.NewcHeader;
import dev.osie.build.initramfs.NewcWriter;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Scratch;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Tree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/**
 * Makes the archive from which an x86 kernel takes microcode before it starts the other processors: an uncompressed cpio archive, which has
 * to be the first of an initramfs. The result is kept in the store.
 */
public final class MicrocodeBuilder {
    /** Rises whenever the same packages would become other bytes. */
    public static final int FORMAT = 1;

    private static final List<String> DIRECTORIES = List.of("kernel", "kernel/x86", "kernel/x86/microcode");
    private static final String PLACE = "kernel/x86/microcode/";
    private static final int DIRECTORY = 0040755;
    private static final int FILE = 0100644;

    /** The processor wants updates to begin at a multiple of this, and the kernel hands them to it where they are (Intel SDM, volume 3). */
    private static final int ALIGNMENT = 16;

    private final Store store;
    private final long epoch;
    private final Progress progress;

    /**
     * @param epoch modification time of what is made, in seconds since 1970
     */
    public MicrocodeBuilder(Store store, long epoch, Progress progress) {
        this.store = store;
        this.epoch = epoch;
        this.progress = progress;
    }

    /**
     * Makes the archive.
     *
     * @param packages in the store, such as Debian's intel-microcode and amd64-microcode
     * @throws dev.osie.build.failure.BuildException when one of them holds no microcode, or what is damaged
     */
    public Blob build(List<BinaryPackage> packages) {
        return made(packages).orElseGet(() -> {
            try (Scratch scratch = store.scratch();
                    Progress.Step step = progress.start("microcode", 0)) {
                Tree.Builder files = new Tree.Builder();
                for (BinaryPackage each : packages) {
                    Tree tree = DebReader.read(store, each, scratch);
                    if (read(tree, each.toString()).isEmpty()) {
                        throw badInput("Tried to take microcode out of " + each + ", but it has no file in "
                                + "usr/lib/firmware/intel-ucode or amd-ucode");
                    }
                    files.putAll(tree);
                }
                List<Microcode> makers = read(files.build(epoch), "the packages of microcode");
                Blob archive = store.write(out -> write(makers, out));
                store.remember(key(packages), KernelRecord.toText(archive));
                step.done(String.join(", ", makers.stream().map(Microcode::file).toList()));
                return archive;
            }
        });
    }

    /** The archive, if it was made earlier; then its packages are not needed. */
    public Optional<Blob> made(List<BinaryPackage> packages) {
        return store.recall(key(packages)).map(KernelRecord::parseBlob).filter(store::contains);
    }

    private StepKey key(List<BinaryPackage> packages) {
        StepKey key = StepKey.of("microcode", FORMAT).with("epoch", epoch);
        packages.forEach(each -> key.with("deb", each.deb().digest()));
        return key;
    }

    private static List<Microcode> read(Tree files, String what) {
        try {
            // Intel's come first, as only these have to be aligned.
            return List.of(Microcode.intel(files), Microcode.amd(files)).stream()
                    .filter(maker -> !maker.updates().isEmpty())
                    .toList();
        } catch (IOException e) {
            throw badInput("Tried to take microcode out of " + what + ", but " + e.getMessage())
                    .because(e);
        }
    }

    private void write(List<Microcode> makers, OutputStream out) throws IOException {
        out.write(start());
        try (NewcWriter archive = new NewcWriter(out)) {
            int inode = DIRECTORIES.size() + 2;
            for (Microcode maker : makers) {
                archive.write(header(inode++, FILE, 1, PLACE + maker.file(), maker.size()), maker::writeTo);
            }
        }
    }

    /** The directories, and an empty file with a name as long as it takes for the first file's content to be aligned. */
    private byte[] start() throws IOException {
        ByteArrayOutputStream start = new ByteArrayOutputStream();
        NewcWriter archive = new NewcWriter(start); // not closed: the archive goes on
        for (int i = 0; i < DIRECTORIES.size(); i++) {
            archive.write(header(i + 1, DIRECTORY, 2, DIRECTORIES.get(i), 0));
        }
        int content = start.size() + encodedSize(PLACE + "GenuineIntel.bin");
        StringBuilder padding = new StringBuilder(PLACE + ".align");
        while ((content + encodedSize(padding.toString())) % ALIGNMENT != 0) {
            padding.append('-');
        }
        archive.write(header(DIRECTORIES.size() + 1, FILE, 1, padding.toString(), 0));
        return start.toByteArray();
    }

    private int encodedSize(String name) throws IOException {
        ByteArrayOutputStream entry = new ByteArrayOutputStream();
        new NewcWriter(entry).write(header(1, FILE, 1, name, 0));
        return entry.size();
    }

    private NewcHeader header(int inode, int mode, int links, String name, long size) {
        return new NewcHeader(inode, mode, 0, 0, links, epoch, size, 0, 0, name);
    }
}
