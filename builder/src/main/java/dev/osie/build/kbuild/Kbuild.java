package dev.osie.build.kbuild;

import dev.osie.build.kconfig.FinalConfig;
import dev.osie.build.kconfig.WantedConfig;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Scratch;
import dev.osie.build.store.Store;
import dev.osie.build.toolchain.Command;
import dev.osie.build.toolchain.CrossCompiler;
import dev.osie.build.toolchain.Logged;
import dev.osie.build.toolchain.Toolchain;
import dev.osie.build.toolchain.Workspace;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import dev.osie.build.yaml.Problems;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * The sources of a kernel, unpacked and configured in a workspace of a toolchain. What is compiled there is the same wherever it is: names,
 * times and paths of the machine are kept out of it (Linux documentation, "Reproducible builds").
 */
final class Kbuild implements AutoCloseable {
    /** What make prints of a step: {@code   CC [M]  drivers/net/tun.o}. */
    private static final Pattern STEP = Pattern.compile("  [A-Z][A-Z0-9_]*(?: \\[M\\])? +\\S.*");

    private final KernelPlan plan;
    private final Workspace workspace;
    private final Logged logged;
    private final Scratch scratch;
    private final Progress progress;

    private Kbuild(KernelPlan plan, Workspace workspace, Store store, Progress progress) {
        this.plan = plan;
        this.workspace = workspace;
        this.logged = new Logged(workspace, store, plan.name() + "-" + plan.architecture());
        this.scratch = store.scratch();
        this.progress = progress;
    }

    /** Unpacks and configures the sources. */
    static Kbuild open(KernelPlan plan, Toolchain toolchain, Store store, Progress progress) {
        Kbuild kbuild = new Kbuild(plan, toolchain.open(), store, progress);
        try {
            kbuild.unpack();
            kbuild.configure();
            return kbuild;
        } catch (RuntimeException e) {
            kbuild.close();
            throw e;
        }
    }

    private void unpack() {
        try (Progress.Step step = progress.start("sources", 0)) {
            put("source.tar", plan.source().archive().apply(scratch));
            requireKnownOptions();
            run("unpack " + plan.source().name(), """
                    mkdir "$SOURCES" out
                    tar -xf source.tar -C "$SOURCES" --strip-components=1 --no-same-owner
                    rm source.tar
                    """);
            step.done(plan.source().name());
        }
    }

    /** First of all, as unpacking the 80,000 files of a kernel takes longer than finding a slip of the pen. */
    private void requireKnownOptions() {
        run("list the options of " + plan.source().name(), """
                mkdir kconfig
                tar -xf source.tar -C kconfig --no-same-owner --wildcards '*/Kconfig*'
                find kconfig -type f -exec sed -n 's/^[ \\t]*\\(menu\\)\\{0,1\\}config[ \\t]\\{1,\\}\\([A-Za-z0-9_]*\\).*/\\2/p' {} + \
                    | sort -u >symbols
                rm -r kconfig
                """);
        Problems problems = new Problems();
        plan.wanted()
                .requireKnown(
                        Set.copyOf(text("symbols").lines().toList()),
                        plan.source().name(),
                        problems);
        problems.throwIfAny();
    }

    private void configure() {
        try (Progress.Step step = progress.start("configure", 0)) {
            Problems problems = new Problems();
            run("make " + plan.base(), "cd $SOURCES; make " + plan.base());
            apply(plan.wanted());
            FinalConfig config = config();
            plan.wanted().requireIn(config, problems);
            config.requireReproducible(plan.wanted(), plan.position(), problems);
            problems.throwIfAny();
            step.done(plan.wanted().settings().size() + " options on " + plan.base());
        }
    }

    /** Changes options, and lets Kconfig decide about the others. */
    void apply(WantedConfig changes) {
        put("wanted.config", Content.of(changes.toText()));
        run("configure " + plan.name(), "cd $SOURCES; cat ../wanted.config >>.config; make olddefconfig");
    }

    FinalConfig config() {
        return FinalConfig.parse(text(directory() + "/.config"));
    }

    /** The smallest configuration that leads to the present one. */
    FinalConfig smallest() {
        run("write the smallest configuration", "cd $SOURCES; make savedefconfig");
        return FinalConfig.parse(text(directory() + "/defconfig"));
    }

    /** Lets the user change the configuration. */
    int menuconfig() {
        return workspace.runOnTerminal(Command.script("cd $SOURCES; exec make -s menuconfig", environment()));
    }

    /** Compiles, and gives the files of the kernel, laid out as Debian's {@code linux-image} has them. */
    Tree compile() {
        AtomicInteger steps = new AtomicInteger();
        try (Progress.Step step = progress.start("compile", 0)) {
            logged.run("compile " + plan.name(), Command.script(compilation(), environment()), line -> {
                if (STEP.matcher(line).matches()) {
                    step.note(steps.incrementAndGet() + " steps   " + line.strip());
                }
            });
            Tree tree = workspace.take("out", scratch);
            step.done(plan.name() + ", " + steps + " steps");
            return tree;
        }
    }

    private String compilation() {
        boolean arm = plan.architecture() == Architecture.AARCH64;
        FinalConfig config = config();
        String modules = config.isOn("CONFIG_MODULES") ? " modules" : "";
        StringBuilder script = new StringBuilder("""
                cd "$SOURCES"
                # The sources' own time: the same whoever compiles them when.
                export KBUILD_BUILD_TIMESTAMP="$(date -u -r Makefile)"
                time=$(date -u -r Makefile +%s)
                # Debug information and assertions name source files; here they are relative.
                export KCFLAGS="-ffile-prefix-map=$PWD=." KAFLAGS="-ffile-prefix-map=$PWD=."
                """);
        script.append("make -j$(nproc) ")
                .append(arm ? "Image dtbs" : "bzImage")
                .append(modules)
                .append('\n');
        script.append("""
                release=$(make -s kernelrelease)
                mkdir -p ../out/boot ../out/lib/modules/$release
                """);
        script.append("cp ")
                .append(arm ? "arch/arm64/boot/Image" : "arch/x86/boot/bzImage")
                .append(" ../out/boot/vmlinuz-$release\n");
        script.append("cp .config ../out/boot/config-$release\n");
        if (modules.isEmpty()) {
            script.append("cp modules.builtin modules.builtin.modinfo ../out/lib/modules/$release/\n");
        } else {
            // The indexes are made with an image; links to the sources lead nowhere.
            script.append("""
                    make -j$(nproc) modules_install INSTALL_MOD_PATH=$PWD/../out INSTALL_MOD_STRIP=1 DEPMOD=true
                    rm -f ../out/lib/modules/$release/build ../out/lib/modules/$release/source
                    """);
        }
        if (arm) {
            script.append("make dtbs_install INSTALL_DTBS_PATH=$PWD/../out/usr/lib/linux-image-$release\n");
        }
        return script.append("find ../out -exec touch -h -d @$time {} +\n").toString();
    }

    /** Of the sources; no trace of it is left in what is compiled. */
    private String directory() {
        return plan.name() + ".build";
    }

    private SortedMap<String, String> environment() {
        return new TreeMap<>(Map.of(
                "SOURCES",
                directory(),
                "ARCH",
                plan.architecture() == Architecture.AARCH64 ? "arm64" : "x86_64",
                "CROSS_COMPILE",
                CrossCompiler.prefix(plan.architecture()),
                "KBUILD_BUILD_USER",
                "osie-build",
                "KBUILD_BUILD_HOST",
                "osie-build",
                "KBUILD_BUILD_VERSION",
                "1",
                // Set, though empty: else a release may end in "+".
                "LOCALVERSION",
                "",
                // xz may cut a file into as many blocks as there are processors.
                "XZ_DEFAULTS",
                "-T1"));
    }

    private void run(String what, String script) {
        Consumer<String> nobody = line -> {};
        logged.run(what, Command.script(script, environment()), nobody);
    }

    private void put(String path, Content content) {
        workspace.put(new Tree.Builder()
                .put(path, new Node.RegularFile(Attributes.root(0644, 0), content))
                .build(0));
    }

    private String text(String path) {
        Tree taken = workspace.take(path, scratch);
        Node node = taken.nodes().lastEntry().getValue();
        try (InputStream in = ((Node.RegularFile) node).content().open()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        logged.close();
        scratch.close();
        workspace.close();
    }
}
