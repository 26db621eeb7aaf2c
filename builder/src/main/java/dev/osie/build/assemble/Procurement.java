package dev.osie.build.assemble;

import dev.osie.build.compose.Composer;
import dev.osie.build.compose.Composition;
import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.UnknownPackageException;
import dev.osie.build.image.Recipes;
import dev.osie.build.lock.Lock;
import dev.osie.build.lock.LockRequest;
import dev.osie.build.progress.Progress;
import dev.osie.build.spec.ImageName;
import dev.osie.build.spec.KernelSection;
import dev.osie.build.spec.OsieDocument;
import dev.osie.build.spec.OsieSection;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import dev.osie.build.yaml.Problems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Finds what a request draws on from elsewhere, packages and images as the lock has them, and brings it into the store. A lock is made when
 * there is none.
 */
public final class Procurement {
    private static final String LOCK = "osie.lock";

    private final Store store;
    private final Progress progress;

    public Procurement(Store store, Progress progress) {
        this.store = store;
        this.progress = progress;
    }

    /**
     * Brings all that a build needs from elsewhere into the store, also what this store could do without, as it has what earlier builds made of
     * it.
     *
     * @return the blobs
     */
    public SortedSet<Digest> fetch(BuildRequest request) {
        Sources sources = sources(request, compose(request));
        Optional<LockedPackages> locked = packages(request, sources);
        SortedSet<BinaryPackage> packages = locked.map(sources::packages).orElseGet(TreeSet::new);
        offline(request).require(Offline.LACKING, () -> sources.missing(packages, store));
        locked.ifPresent(source -> source.fetch(packages));
        SortedSet<Digest> blobs = sources.fetchImages(store);
        packages.forEach(binary -> blobs.add(binary.deb().digest()));
        return blobs;
    }

    Sources sources(BuildRequest request, Composition composition) {
        OsieDocument document = composition.document();
        Recipes recipes = Recipes.in(request.project().images());
        requireInputs(request, composition);
        Optional<KernelChoice> choice = kernelChoice(request, composition);
        LockNeeds needs = needs(request, composition, recipes, choice);
        LockPolicy policy = new LockPolicy(needs, supply(request, Lock.EMPTY), offline(request), progress);
        Lock lock = located(request, policy::obtain);
        LockedImages others = LockedImages.of(lock, needs.tagged(), needs.images());
        return new Sources(document, recipes, choice, needs, lock, others);
    }

    /** Empty when the document is made of nothing but images. */
    Optional<LockedPackages> packages(BuildRequest request, Sources sources) {
        return sources.needs().wanted().sets().isEmpty() && sources.kernel().isEmpty()
                ? Optional.empty()
                : Optional.of(new LockedPackages(
                        sources.lock(), request.architecture(), supply(request, sources.lock()), sources.others()));
    }

    static Offline offline(BuildRequest request) {
        return new Offline(request.offline());
    }

    static Composition compose(BuildRequest request) {
        return new Composer(request.project().root()).compose(request.composition());
    }

    private ImageSupply images(BuildRequest request, Composition composition) {
        return new ImageSupply(request, new PackageTags(composition.files()), store, progress);
    }

    /** Finds out before any work is done whether there is everything of the project that the document names. */
    private static void requireInputs(BuildRequest request, Composition composition) {
        Problems problems = new Problems();
        new ProjectCheck(request.project(), problems).check(composition);
        problems.throwIfAny();
    }

    /** What has to be in the lock for a request. */
    LockNeeds needs(BuildRequest request) {
        Composition composition = compose(request);
        requireInputs(request, composition);
        Recipes recipes = Recipes.in(request.project().images());
        return needs(request, composition, recipes, kernelChoice(request, composition));
    }

    private LockNeeds needs(
            BuildRequest request, Composition composition, Recipes recipes, Optional<KernelChoice> choice) {
        OsieDocument document = composition.document();
        ImageSupply images = images(request, composition);
        List<ImageName> named = new ArrayList<>(document.images());
        LockedPackages.needed(request.architecture(), recipes, document.recipes())
                .forEach(recipe -> recipe.base().ifPresent(named::add));
        choice.ifPresent(kernel -> named.addAll(kernel.images()));
        LockRequest wanted = LockedPackages.request(
                request.architecture(), recipes, document.recipes(), choice, images.unknown(named));
        return new LockNeeds(
                request.architecture(),
                lockFile(request, composition),
                LockCommandLine.of(request),
                wanted,
                images.tagged(named),
                images);
    }

    /** Where the lock of a request is. */
    Path lockFile(BuildRequest request) {
        return request.lock().orElseGet(() -> lockFile(request, compose(request)));
    }

    private static Path lockFile(BuildRequest request, Composition composition) {
        return request.lock().orElseGet(() -> composition.flavor().resolveSibling(LOCK));
    }

    /** Reports a package that there isn't where a recipe names it. */
    <T> T located(BuildRequest request, Supplier<T> locking) {
        try {
            return locking.get();
        } catch (UnknownPackageException e) {
            Recipes recipes = Recipes.in(request.project().images());
            OsieDocument document = compose(request).document();
            throw LockedPackages.located(e, LockedPackages.needed(request.architecture(), recipes, document.recipes()));
        }
    }

    DebianSupply supply(BuildRequest request, Lock lock) {
        boolean offline = request.offline().isPresent();
        return new DebianSupply(request.debian(), LockCommandLine.of(request), lock.date(), offline, store, progress);
    }

    private Optional<KernelChoice> kernelChoice(BuildRequest request, Composition composition) {
        OsieDocument document = composition.document();
        Optional<OsieSection.Kernel> section = document.osie().flatMap(OsieSection::kernel);
        Optional<KernelSection> own =
                document.kernel().filter(kernel -> kernel.ucode().isPresent());
        if (section.isPresent() && own.isPresent()) {
            throw Problems.failure(
                    own.get().position(),
                    "'ucode' is a file of the kernel image that kernel.image names, but osie.kernel provides the kernel");
        }
        Compilers compilers = Compilers.of(request, store, progress);
        return section.map(kernel -> KernelChoice.of(
                request.project(),
                request.architecture(),
                kernel,
                compilers,
                new KernelDrivers(kernel.drivers(), composition::locate, compilers)));
    }
}
