package dev.osie.build.assemble;

import static dev.osie.build.failure.BuildException.badInput;
import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.kbuild.KernelCompiler;
import dev.osie.build.kbuild.KernelPlan;
import dev.osie.build.kconfig.ConfigChange;
import dev.osie.build.kconfig.Fragment;
import dev.osie.build.kconfig.WantedConfig;
import dev.osie.build.kernel.KernelDefinition;
import dev.osie.build.kernel.KernelOrigin;
import dev.osie.build.kernel.KernelTree;
import dev.osie.build.lock.Lock;
import dev.osie.build.lock.LockRequest;
import dev.osie.build.oci.registry.RegistryImages;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Scratch;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Tree;
import dev.osie.build.yaml.Problems;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Compiles kernels by themselves, as a build of a flavor that uses them does, and changes their configuration. */
public final class SourceKernels {
    private static final String LOCK = "osie.lock";

    private final Store store;
    private final Progress progress;

    public SourceKernels(Store store, Progress progress) {
        this.store = store;
        this.progress = progress;
    }

    /**
     * Compiles a kernel, unless the store has it.
     *
     * @param use gets its files, laid out as Debian's {@code linux-image} has them
     */
    public <T> T build(KernelRequest request, BiFunction<KernelTree, Tree, T> use) {
        KernelTree kernel = kernel(request).tree(locked(request), store);
        try (Scratch scratch = store.scratch()) {
            return use.apply(kernel, kernel.reader().apply(scratch));
        }
    }

    /**
     * Changes options as Kconfig's menus would, and writes the changed fragments.
     *
     * @param options settings as a fragment has them
     * @param fragment the one, of the request's architecture, that options go into which none has yet; by default the last
     * @return the files that were changed
     */
    public Set<Path> set(KernelRequest request, List<String> options, Optional<String> fragment) {
        Problems problems = new Problems();
        Fragment settings = Fragment.parse(Path.of("--set"), String.join("\n", options), problems);
        WantedConfig changes = WantedConfig.merge(List.of(settings), problems);
        problems.throwIfAny();
        return change(request, fragment, compiler -> plan -> compiler.change(plan, changes));
    }

    /** The same for what a user changes in the menus. */
    public Set<Path> menu(KernelRequest request, Optional<String> fragment) {
        return change(request, fragment, compiler -> compiler::menu);
    }

    private Set<Path> change(
            KernelRequest request,
            Optional<String> fragment,
            Function<KernelCompiler, Function<KernelPlan, ConfigChange>> how) {
        BuiltKernel kernel = kernel(request);
        List<Fragment> fragments = kernel.fragments();
        Path last = fragment.map(name -> kernel.folder().file(request.architecture(), name))
                .or(() -> fragments.stream().map(Fragment::file).reduce((a, b) -> b))
                .orElseThrow(() -> badInput("The kernel '" + request.kernel() + "' has no fragment yet.")
                        .hint("Name the one to begin: --fragment NAME."));
        ConfigChange change = kernel.change(locked(request), store, how);
        WantedConfig wanted = WantedConfig.merge(fragments, new Problems());
        Set<Path> files = new LinkedHashSet<>();
        fragments.stream().map(Fragment::file).forEach(files::add);
        files.add(last);
        Set<Path> changed = new LinkedHashSet<>();
        for (Path file : files) {
            List<String> lines = lines(file);
            List<String> now = change.apply(file, lines, wanted, file.equals(last));
            if (!now.equals(lines)) {
                write(file, now);
                changed.add(file);
            }
        }
        return changed;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : new ArrayList<>();
        } catch (IOException e) {
            throw badInput("Tried to read " + file + ", but " + e.getMessage()).because(e);
        }
    }

    private void write(Path file, List<String> lines) {
        try {
            Files.createDirectories(file.getParent());
            store.replace(file, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw unavailable("Tried to write " + file + ", but " + e.getMessage())
                    .because(e);
        }
    }

    private BuiltKernel kernel(KernelRequest request) {
        Path kernels = request.project().kernels();
        KernelDefinition definition = KernelDefinition.read(kernels, request.kernel());
        if (!(definition.origin() instanceof KernelOrigin.Source source)) {
            throw badInput("The kernel '" + request.kernel()
                            + "' is not built from source: its document has no key 'source'")
                    .hint("osie-build build takes it from where its document says.");
        }
        return new BuiltKernel(
                kernels, definition.name(), source, request.architecture(), Compilers.of(request, store, progress));
    }

    private LockedPackages locked(KernelRequest request) {
        Path file =
                request.lock().orElseGet(() -> kernel(request).folder().folder().resolve(LOCK));
        boolean isOffline = request.offline().isPresent();
        RegistryImages registries = isOffline
                ? RegistryImages.offline(store, request.registries(), progress)
                : RegistryImages.create(store, request.registries(), System.getenv(), progress);
        ImageSupply images =
                new ImageSupply(request.architecture(), registries, false, new PackageTags(Map.of()), store, progress);
        LockCommandLine commands = LockCommandLine.ofKernel(file, request.kernel(), request.architecture());
        LockNeeds needs = new LockNeeds(
                request.architecture(),
                file,
                commands,
                new LockRequest(request.architecture(), kernel(request).sets(), new TreeSet<>()),
                new TreeSet<>(),
                images);
        Lock lock = new LockPolicy(
                        needs, supply(request, commands, Lock.EMPTY), new Offline(request.offline()), progress)
                .obtain();
        return new LockedPackages(
                lock, request.architecture(), supply(request, commands, lock), LockedImages.of(lock, Set.of(), images));
    }

    private DebianSupply supply(KernelRequest request, LockCommandLine commands, Lock lock) {
        return new DebianSupply(
                request.debian(), commands, lock.date(), request.offline().isPresent(), store, progress);
    }
}
