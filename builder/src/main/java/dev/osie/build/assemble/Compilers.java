package dev.osie.build.assemble;

import dev.osie.build.oci.Image;
import dev.osie.build.oci.daemon.Daemon;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Store;
import dev.osie.build.toolchain.ContainerToolchain;
import dev.osie.build.toolchain.CrossCompiler;
import dev.osie.build.toolchain.NativeToolchain;
import dev.osie.build.toolchain.Toolchain;
import java.util.List;
import java.util.Optional;

/**
 * The compilers for kernels and their modules: those of this machine, or those of the recipe {@code kernel-builder}, which Docker runs. The
 * recipe's lock beside it pins them, whatever the lock of a flavor says of the system that is built.
 */
public final class Compilers {
    private static final String RECIPE = "kernel-builder";

    private final RecipeRequest builder;
    private final boolean onThisMachine;
    private final Store store;
    private final Progress progress;

    private Compilers(RecipeRequest builder, boolean onThisMachine, Store store, Progress progress) {
        this.builder = builder;
        this.onThisMachine = onThisMachine;
        this.store = store;
        this.progress = progress;
    }

    /** Those that a request asks for. */
    public static Compilers of(BuildRequest request, Store store, Progress progress) {
        RecipeRequest builder = RecipeRequest.of(request, List.of(RECIPE), CrossCompiler.host());
        return new Compilers(builder, request.nativeCompilers(), store, progress);
    }

    /** The same for a kernel by itself. */
    static Compilers of(KernelRequest request, Store store, Progress progress) {
        RecipeRequest builder = new RecipeRequest(
                request.project(),
                List.of(RECIPE),
                CrossCompiler.host(),
                Optional.empty(),
                request.debian(),
                request.registries(),
                Optional.empty(),
                request.offline());
        return new Compilers(builder, request.nativeCompilers(), store, progress);
    }

    /** Who is told of the work. */
    Progress progress() {
        return progress;
    }

    /** Whether nothing may be got over a network. */
    boolean isOffline() {
        return builder.offline().isPresent();
    }

    /** The one for an architecture. The recipe's image is made here, if it isn't in the store; Docker is not asked yet. */
    public Toolchain toolchain(Architecture target) {
        if (onThisMachine) {
            return new NativeToolchain(target, store);
        }
        Image image = new RecipeImages(store, progress).build(builder).get(RECIPE);
        return new ContainerToolchain(Daemon.ofEnvironment(System.getenv()), image, store, progress);
    }
}
