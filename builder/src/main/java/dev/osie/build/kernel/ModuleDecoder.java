package dev.osie.build.kernel;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.platform.Architecture;
import dev.osie.build.tree.Content;
import java.io.BufferedInputStream;
import java.io.EOFException;
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

    /** What is made of the bytes of a module: the first so many of an array. */
    private interface Reading<T> {
        T read(String path, byte[] bytes, int length, Architecture architecture);
    }

    ModuleFacts read(String path, Content file, Architecture architecture) {
        return read(path, file, architecture, ElfModule::read);
    }

    ModuleLinks links(String path, Content file, Architecture architecture) {
        return read(path, file, architecture, ElfModule::links);
    }

    private <T> T read(String path, Content file, Architecture architecture, Reading<T> reading) {
        try (InputStream raw = new BufferedInputStream(file.open(), 1 << 16);
                InputStream in = path.endsWith(ModulePath.XZ)
                        ? new XZInputStream(raw, DICTIONARY_LIMIT_KIB, true, arrays)
                        : raw) {
            int length = fill(path, in);
            T read = reading.read(path, buffer, length, architecture);
            if (buffer.length > 8 * INITIAL) {
                buffer = new byte[INITIAL];
            }
            return read;
        } catch (IOException e) {
            String reason = e instanceof EOFException ? "it ends too early" : e.getMessage();
            throw badInput("Tried to unpack the kernel module " + path + ", but it is damaged: " + reason)
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
