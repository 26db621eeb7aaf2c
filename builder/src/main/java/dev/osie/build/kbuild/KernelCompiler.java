package dev.osie.build.kbuild;

import dev.osie.build.kconfig.ConfigChange;
import dev.osie.build.kconfig.FinalConfig;
import dev.osie.build.kconfig.WantedConfig;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import dev.osie.build.toolchain.Toolchain;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import java.util.Optional;

/** Compiles kernels. The store remembers each under all that shapes it, so that none is compiled twice. */
public final class KernelCompiler {
    /** Rises whenever the same plan would be compiled to other bytes. */
    public static final int FORMAT = 1;

    private static final String ROOT = "out";

    private final Toolchain toolchain;
    private final Store store;
    private final Progress progress;

    public KernelCompiler(Toolchain toolchain, Store store, Progress progress) {
        this.toolchain = toolchain;
        this.store = store;
        this.progress = progress;
    }

    /** The kernel, if it was compiled earlier; then its sources are not needed. */
    public Optional<Blob> compiled(KernelPlan plan) {
        return store.recall(key(plan)).map(Digest::parse).flatMap(store::find);
    }

    /**
     * Compiles a kernel.
     *
     * @return an uncompressed tar archive of its files, laid out as Debian's {@code linux-image} has them, with its configuration
     * @throws dev.osie.build.failure.BuildException {@code BAD_INPUT} when options are unknown, contradict each other or don't come to
     *     be, or when the compiler fails; {@code MISSING_TOOL} when there is none
     */
    public Blob compile(KernelPlan plan) {
        return compiled(plan).orElseGet(() -> {
            try (Kbuild kbuild = Kbuild.open(plan, toolchain, store, progress)) {
                Tree tree = normal(kbuild.compile());
                Blob blob = store.write(out -> TarLayer.write(tree, out));
                store.remember(key(plan), blob.digest().toString());
                return blob;
            }
        });
    }

    /** Lets the user change the configuration in Kconfig's menus. */
    public ConfigChange menu(KernelPlan plan) {
        return change(plan, Kbuild::menuconfig);
    }

    /** Changes options. */
    public ConfigChange change(KernelPlan plan, WantedConfig changes) {
        return change(plan, kbuild -> kbuild.apply(changes));
    }

    /** Lets somebody change the configuration. */
    private interface Editing {
        void edit(Kbuild kbuild);
    }

    private ConfigChange change(KernelPlan plan, Editing editing) {
        try (Kbuild kbuild = Kbuild.open(plan, toolchain, store, progress)) {
            FinalConfig before = kbuild.smallest();
            editing.edit(kbuild);
            return ConfigChange.between(before, kbuild.smallest(), kbuild.config(), plan.wanted());
        }
    }

    /** Root's, without the directory that it was taken from. */
    private static Tree normal(Tree taken) {
        Tree.Builder tree = new Tree.Builder();
        taken.nodes().forEach((path, node) -> {
            if (path.startsWith(ROOT + "/")) {
                tree.put(path.substring(ROOT.length() + 1), owned(node));
            }
        });
        return tree.build(0);
    }

    private static Node owned(Node node) {
        if (node instanceof Node.RegularFile file) {
            return new Node.RegularFile(file.attributes().withOwner(0, 0), file.content());
        }
        if (node instanceof Node.Directory directory) {
            return new Node.Directory(directory.attributes().withOwner(0, 0));
        }
        if (node instanceof Node.Symlink link) {
            return new Node.Symlink(link.attributes().withOwner(0, 0), link.target());
        }
        return node;
    }

    private StepKey key(KernelPlan plan) {
        return StepKey.of("kernel-compilation", FORMAT)
                .with("source", plan.source().digest())
                .with("architecture", plan.architecture())
                .with("base", plan.base())
                .with("options", plan.wanted().toText())
                .with("toolchain", toolchain.identity());
    }
}
