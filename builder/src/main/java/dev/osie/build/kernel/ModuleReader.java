package dev.osie.build.kernel;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.platform.Architecture;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Reads modules of a kernel, several at a time. */
final class ModuleReader {
    /** Each thread holds one unpacked module, so their number is what bounds the memory. */
    private static final int MAX_THREADS = 4;

    private final KernelFiles kernel;
    private final Architecture architecture;

    ModuleReader(KernelFiles kernel, Architecture architecture) {
        this.kernel = kernel;
        this.architecture = architecture;
    }

    /** What the modules at these paths say of themselves, by path. */
    List<ModuleFacts> read(Collection<String> paths) {
        Queue<String> left = new ConcurrentLinkedQueue<>(paths);
        int threads = Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors());
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<List<ModuleFacts>>> parts = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                parts.add(executor.submit(() -> readUntilEmpty(left)));
            }
            List<ModuleFacts> facts = new ArrayList<>();
            for (Future<List<ModuleFacts>> part : parts) {
                facts.addAll(part.get());
            }
            facts.sort(Comparator.comparing(ModuleFacts::path));
            return facts;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reading modules", e);
        } finally {
            // A thread that is still at work after a failure finds nothing left.
            left.clear();
            executor.shutdown();
        }
    }

    private List<ModuleFacts> readUntilEmpty(Queue<String> left) {
        ModuleDecoder decoder = new ModuleDecoder();
        List<ModuleFacts> facts = new ArrayList<>();
        for (String path = left.poll(); path != null; path = left.poll()) {
            ModuleFacts module = decoder.read(path, kernel.modules().get(path).content(), architecture);
            requireFit(module);
            facts.add(module);
        }
        return facts;
    }

    /** The kernel would refuse to load it, and say so only on the machine. */
    private void requireFit(ModuleFacts module) {
        String made = module.vermagic().split(" ", 2)[0];
        if (!made.isEmpty() && !made.equals(kernel.release())) {
            throw badInput("The kernel module " + module.path() + " is made for linux " + made + ", not for linux "
                    + kernel.release());
        }
    }
}
