package dev.osie.build.e2e;

import dev.osie.build.platform.Architecture;
import dev.osie.build.vm.Accelerator;
import dev.osie.build.vm.BootPair;
import dev.osie.build.vm.Machine;
import dev.osie.build.vm.Qemu;
import dev.osie.worker.workflow.WorkflowServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code make bench-boot}: seconds from the start of the kernel to each milestone of the boot, and the memory left then, under TCG with
 * two processors and 3 GiB. The rows of docs/performance.md come from here.
 */
@Tag("bench")
@Timeout(1800)
final class BootBenchmark {
    private static final int BOOTS = 3;

    /** The steps whose time the boot scripts print, in the order of their names in the table. */
    private static final List<String> MARKS = List.of("init", "drivers", "onboot", "containerd", "services", "docker");

    private static final String WORKER = "worker asks for an action";
    private static final String MEMORY = "MiB available then";
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Map<String, List<Double>> measured = new LinkedHashMap<>();

    @ParameterizedTest
    @EnumSource
    void measure(Architecture architecture) throws Exception {
        BootPair pair = BootPair.in(Reference.build().output(architecture), "hook", architecture);
        for (int boot = 1; boot <= BOOTS; boot++) {
            Path log = Path.of("target", "vm-logs", "boot-benchmark-" + architecture + "-" + boot + ".log")
                    .toAbsolutePath();
            try {
                boot(pair, log);
            } catch (VirtualMachine.EmulatorFault e) {
                System.out.println(e.getMessage() + ". Booting once more.");
                boot(pair, log);
            }
        }
        System.out.println(
                architecture + ": medians of " + BOOTS + " boots, seconds from the start of the kernel (all boots)");
        measured.forEach((name, values) -> System.out.printf(
                Locale.ROOT,
                "%-26s %8.1f   %s%n",
                name,
                values.stream().sorted().toList().get(BOOTS / 2),
                values));
    }

    private void boot(BootPair pair, Path log) throws Exception {
        try (WorkflowServer server = WorkflowServer.start();
                VirtualMachine machine = VirtualMachine.start(command(pair, server), log)) {
            Map<String, Double> found = new LinkedHashMap<>();
            machine.waitFor(mark("init"), PATIENCE);
            // The host's clock when the guest's stood at zero: the worker's first call is seen by the host alone.
            Instant kernelStart = Instant.now().minusMillis(Math.round(seconds(machine, "init") * 1000));
            for (String name : MARKS) {
                found.put(name, seconds(machine, name));
            }
            if (!server.await(any -> !any.polls().isEmpty(), PATIENCE)) {
                throw new AssertionError("The worker did not ask for an action; the console is in " + log);
            }
            found.put(
                    WORKER, Duration.between(kernelStart, server.polls().get(0)).toMillis() / 1000.0);
            // So that no line of its own comes between.
            machine.shell("dmesg -n 1", PATIENCE);
            String available = machine.shell("awk '/MemAvailable/ { print $2 }' /proc/meminfo", PATIENCE);
            found.put(MEMORY, Math.floor(Double.parseDouble(available.trim()) / 1024));
            found.forEach((name, value) ->
                    measured.computeIfAbsent(name, any -> new ArrayList<>()).add(value));
        }
    }

    private static List<String> command(BootPair pair, WorkflowServer server) {
        Machine machine = new Machine(
                pair,
                Accelerator.TCG,
                Machine.DEFAULT_MEMORY,
                2,
                Optional.empty(),
                List.of(),
                List.of("grpc_authority=10.0.2.2:" + server.port(), "worker_id=bench"));
        return Qemu.find(pair.architecture()).command(machine, false);
    }

    private static double seconds(VirtualMachine machine, String name) throws InterruptedException {
        return Double.parseDouble(machine.waitFor(mark(name), PATIENCE).group(1));
    }

    private static String mark(String name) {
        return "osie-build: " + name + " (\\d+\\.\\d+)$";
    }
}
