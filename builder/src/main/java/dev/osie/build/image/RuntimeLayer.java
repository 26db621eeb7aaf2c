package dev.osie.build.image;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.DebReader;
import dev.osie.build.jlink.RuntimeLinker;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Scratch;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import java.util.List;
import java.util.TreeSet;

/** Makes the layer with a Java runtime, linked from a JDK's package. */
final class RuntimeLayer {
    /** Where the runtime lies in the image. */
    static final String HOME = "usr/lib/jvm/runtime";

    private final Store store;
    private final LayerCache cache;
    private final long epoch;

    RuntimeLayer(Store store, LayerCache cache, long epoch) {
        this.store = store;
        this.cache = cache;
        this.epoch = epoch;
    }

    /** Whether the layer was made earlier, so that the JDK isn't needed. */
    boolean isMade(BinaryPackage jdk, Recipe.JavaRuntime runtime) {
        return cache.recall(key(jdk, runtime)).isPresent();
    }

    Blob layer(BinaryPackage jdk, Recipe.JavaRuntime runtime) {
        return cache.get(key(jdk, runtime), () -> List.of(make(jdk, runtime))).get(0);
    }

    private StepKey key(BinaryPackage jdk, Recipe.JavaRuntime runtime) {
        return StepKey.of("java runtime", RuntimeLinker.VERSION)
                .with("jdk", jdk.deb().digest())
                .withAll("module", new TreeSet<>(runtime.modules()))
                .with("epoch", epoch);
    }

    private Blob make(BinaryPackage jdk, Recipe.JavaRuntime runtime) {
        try (Scratch scratch = store.scratch();
                Scratch work = store.scratch();
                RuntimeLinker linker = RuntimeLinker.of(DebReader.read(store, jdk, scratch), work.path())) {
            Tree.Builder tree = new Tree.Builder();
            linker.link(runtime.modules(), epoch).nodes().forEach((path, node) -> tree.put(HOME + "/" + path, node));
            Tree built = tree.build(epoch);
            return store.write(out -> TarLayer.write(built, out));
        }
    }
}
