package dev.osie.build.kernel;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.platform.Architecture;
import dev.osie.build.tree.Content;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.tukaani.xz.ArrayCache;
import org.tukaani.xz.BasicArrayCache;
import org.tukaani.xz.XZInputStream;

/** Reads module files one after another into one buffer; each thread has its own. */
final class ModuleDecoder {
    private static final int INITIAL = 1 << 20;
    /** The largest modules are graphics drivers of about 30 MB. */
    private static final int LIMIT = 96 << 20;

    private static final int DICTIONARY_LIMIT_KIB = 80 << 10;

    private final ArrayCache arrays = new BasicArrayCache();
    private byte[] buffer = new byte[INITIAL];

    ModuleFacts read(String path, Content file, Architecture architecture) {
        try (InputStream raw = new BufferedInputStream(file.open(), 1 << 16);
                InputStream in = path.endsWith(ModulePath.XZ)
                        ? new XZInputStream(raw, DICTIONARY_LIMIT_KIB, true, arrays)
                        : raw) {
            int length = fill(path, in);
            ModuleFacts facts = ElfModule.read(path, buffer, length, architecture);
            if (buffer.length > 8 * INITIAL) {
                buffer = new byte[INITIAL];
            }
            return facts;
        } catch (IOException e) {
            throw badInput("Tried to unpack the kernel module " + path + ", but it is damaged: " + e.getMessage())
                    .because(e);
        }
    }

    private int fill(String path, InputStream in) throws IOException {
        int length = 0;
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer, length, buffer.length - length)) {
            length += count;
            if (length == buffer.length) {
                if (length >= LIMIT) {
                    throw badInput("Tried to unpack the kernel module " + path + ", but it is larger than "
                            + (LIMIT >> 20) + " MB");
                }
                buffer = Arrays.copyOf(buffer, Math.min(LIMIT, 2 * length));
            }
        }
        return length;
    }
}
