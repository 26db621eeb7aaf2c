package dev.osie.build.kernel;

import dev.osie.build.store.Digest;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Microcode of one maker of processors, as the kernel looks for it before all else: one file of updates, one after another (Linux,
 * "Documentation/arch/x86/microcode.rst").
 *
 * @param file that the kernel looks for
 * @param updates in the order of the files that have them, each once
 */
record Microcode(String file, List<byte[]> updates) {
    private static final String DIRECTORY = "usr/lib/firmware/";
    private static final int INTEL_HEADER = 48;
    private static final int INTEL_OLD_SIZE = 2048;
    private static final byte[] AMD_MAGIC = {'D', 'M', 'A', 0};

    /**
     * Intel's files (Intel SDM, volume 3, "Microcode Update Facilities"). Those for the steppings of one family often hold the same updates:
     * Debian's 22 MB are 15 MB of different ones. Files ending in {@code .initramfs} are for loading early only, which is done here.
     *
     * @throws IOException when a file is no sequence of whole updates
     */
    static Microcode intel(Tree files) throws IOException {
        List<byte[]> updates = new ArrayList<>();
        Set<Digest> known = new HashSet<>();
        for (Content file : files(files, DIRECTORY + "intel-ucode/", "")) {
            ByteBuffer bytes = ByteBuffer.wrap(read(file)).order(ByteOrder.LITTLE_ENDIAN);
            while (bytes.hasRemaining()) {
                byte[] update = new byte[intelSize(bytes)];
                bytes.get(update);
                requireSum(update);
                if (known.add(Digest.of(update))) {
                    updates.add(update);
                }
            }
        }
        return new Microcode("GenuineIntel.bin", updates);
    }

    /** AMD's containers, of which there is one for each family. */
    static Microcode amd(Tree files) throws IOException {
        List<byte[]> containers = new ArrayList<>();
        for (Content file : files(files, DIRECTORY + "amd-ucode/", ".bin")) {
            byte[] container = read(file);
            if (!Arrays.equals(
                    container, 0, Math.min(container.length, AMD_MAGIC.length), AMD_MAGIC, 0, AMD_MAGIC.length)) {
                throw new IOException("a file of AMD's does not begin as a container of microcode does");
            }
            containers.add(container);
        }
        return new Microcode("AuthenticAMD.bin", containers);
    }

    private static int intelSize(ByteBuffer at) throws IOException {
        if (at.remaining() < INTEL_HEADER || at.getInt(at.position()) != 1) {
            throw new IOException("a file of Intel's is no sequence of microcode updates");
        }
        int data = at.getInt(at.position() + 28);
        int size = data == 0 ? INTEL_OLD_SIZE : at.getInt(at.position() + 32);
        if (size < INTEL_HEADER || size % Integer.BYTES != 0 || size > at.remaining()) {
            throw new IOException("an update of Intel's is cut off");
        }
        return size;
    }

    /** The words of an update add up to zero. */
    private static void requireSum(byte[] update) throws IOException {
        ByteBuffer words = ByteBuffer.wrap(update).order(ByteOrder.LITTLE_ENDIAN);
        int sum = 0;
        while (words.hasRemaining()) {
            sum += words.getInt();
        }
        if (sum != 0) {
            throw new IOException("an update of Intel's does not have its checksum");
        }
    }

    private static List<Content> files(Tree tree, String directory, String suffix) {
        return tree.nodes().tailMap(directory).entrySet().stream()
                .takeWhile(entry -> entry.getKey().startsWith(directory))
                .filter(entry -> entry.getKey().endsWith(suffix))
                .filter(entry -> entry.getValue() instanceof Node.RegularFile)
                .map(entry -> ((Node.RegularFile) entry.getValue()).content())
                .toList();
    }

    private static byte[] read(Content content) throws IOException {
        try (InputStream in = content.open()) {
            return in.readAllBytes();
        }
    }

    long size() {
        return updates.stream().mapToLong(update -> update.length).sum();
    }

    void writeTo(OutputStream out) throws IOException {
        for (byte[] update : updates) {
            out.write(update);
        }
    }
}
