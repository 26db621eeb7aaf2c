package dev.osie.build.vm;

import static dev.osie.build.failure.BuildException.badInput;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A virtual machine to boot: what it is made of, not how QEMU is told so.
 *
 * @param pair the kernel and initramfs it starts
 * @param accelerator how its instructions are executed
 * @param memory in MiB
 * @param processors how many it has
 * @param disk the raw image behind its one disk, {@code /dev/vda}
 * @param forwards ports of the host's loopback interface that lead into it
 * @param kernelArguments after those of the pair, so that they win
 */
public record Machine(
        BootPair pair,
        Accelerator accelerator,
        int memory,
        int processors,
        Optional<Path> disk,
        List<Forward> forwards,
        List<String> kernelArguments) {
    /** What a machine gets unless told otherwise, in MiB: enough for Docker, its images and a Java worker. */
    public static final int DEFAULT_MEMORY = 3072;

    private static final int LEAST_MEMORY = 256;

    public Machine {
        if (memory < LEAST_MEMORY) {
            throw badInput("a machine of " + memory + " MiB cannot hold a kernel and its initramfs: give it at least "
                    + LEAST_MEMORY);
        }
        if (processors < 1) {
            throw badInput("a machine needs at least one processor, not " + processors);
        }
        forwards = List.copyOf(forwards);
        kernelArguments = List.copyOf(kernelArguments);
    }

    /** A TCP port of the host's loopback interface that leads to a port of the machine. */
    public record Forward(int host, int guest) {
        private static final int MAX_PORT = 65535;

        /** Reads {@code HOST:GUEST}. */
        public static Forward parse(String text) {
            String[] ports = text.split(":", -1);
            try {
                if (ports.length == 2) {
                    return new Forward(port(ports[0]), port(ports[1]));
                }
            } catch (NumberFormatException e) {
                // Said below, for every way to be wrong.
            }
            throw badInput("'" + text + "' does not forward a port: expected HOST:GUEST, such as 2222:22");
        }

        private static int port(String text) {
            int port = Integer.parseInt(text);
            if (port < 1 || port > MAX_PORT) {
                throw new NumberFormatException(text);
            }
            return port;
        }
    }
}
