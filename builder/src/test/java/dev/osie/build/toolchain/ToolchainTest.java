package dev.osie.build.toolchain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.DockerClient;
import dev.osie.build.failure.BuildException;
import dev.osie.build.oci.Execution;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.ImageConfig;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Platform;
import dev.osie.build.oci.Reference;
import dev.osie.build.oci.daemon.Daemon;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Scratch;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import dev.osie.worker.docker.DockerDaemon;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What programs see of a workspace, and what is seen of them: in a container of a real Docker daemon, and natively. */
@Tag("tools")
@Timeout(120)
class ToolchainTest {
    @TempDir
    private static Path directory;

    @TempDir
    private static Path daemonDirectory;

    private static DockerDaemon docker;
    private static Store store;
    private static Toolchain container;
    private static Toolchain local;

    @BeforeAll
    static void startDocker() throws Exception {
        store = Store.open(directory.resolve("store"));
        docker = DockerDaemon.start(daemonDirectory);
        Daemon daemon = Daemon.ofEnvironment(Map.of("DOCKER_HOST", "unix://" + daemonDirectory + "/docker.sock"));
        container = new ContainerToolchain(daemon, image(), store, Progress.SILENT);
        local = new Toolchain() {
            @Override
            public String identity() {
                return "none";
            }

            @Override
            public Workspace open() {
                return new NativeWorkspace(store.scratch());
            }
        };
    }

    @AfterAll
    static void stopDocker() throws Exception {
        if (docker != null) {
            docker.stop();
        }
    }

    private static Stream<Toolchain> both() {
        return Stream.of(container, local);
    }

    /** The busybox of this host, and what a toolchain's image has to have beside its programs. */
    private static Image image() throws IOException {
        Attributes builder = Attributes.root(0755, 0).withOwner(1000, 1000);
        Tree.Builder tree = new Tree.Builder()
                .put("work", new Node.Directory(builder))
                .put(
                        "bin/busybox",
                        new Node.RegularFile(Attributes.root(0755, 0), Content.of(Path.of("/bin/busybox"))));
        for (String name : List.of("sh", "sleep", "id", "cat", "chmod", "mkdir", "ls", "ln", "env")) {
            tree.put("bin/" + name, new Node.Symlink(Attributes.root(0777, 0), "busybox"));
        }
        Tree root = tree.build(0);
        Blob layer = store.write(out -> TarLayer.write(root, out));
        ImageConfig config = new ImageConfig(
                Platform.linux(CrossCompiler.host()),
                Optional.empty(),
                Optional.empty(),
                Execution.EMPTY,
                List.of(layer.digest()),
                List.of());
        return new Layout(store)
                .put(Reference.parse("osie-build/test:1"), config, List.of(new Image.Layer(layer, "test")));
    }

    private static Tree files() {
        return new Tree.Builder()
                .put("src/a/tool", new Node.RegularFile(Attributes.root(0755, 7), Content.of("#!/bin/sh\necho $1\n")))
                .put("src/link", new Node.Symlink(Attributes.root(0777, 7), "a/tool"))
                .put("src/A/tool", new Node.RegularFile(Attributes.root(0644, 7), Content.of("another")))
                .build(7);
    }

    @ParameterizedTest
    @MethodSource("both")
    void runsProgramsOnFilesAndTakesWhatTheyMake(Toolchain toolchain) throws Exception {
        List<String> lines = new ArrayList<>();
        try (Workspace workspace = toolchain.open();
                Scratch scratch = store.scratch()) {
            workspace.put(files());
            int status = workspace.run(
                    Command.script(
                            "sh src/link $SAID; echo there >&2; mkdir out src/new; cat src/A/tool >out/made; ln -s made out/link",
                            Map.of("SAID", "here")),
                    lines::add);
            Tree made = workspace.take("out", scratch);

            assertThat(status).isZero();
            assertThat(lines).containsExactlyInAnyOrder("here", "there");
            assertThat(made.nodes().keySet()).containsExactly("out", "out/link", "out/made");
            Node.RegularFile file = (Node.RegularFile) made.get("out/made").orElseThrow();
            assertThat(file.attributes().mode()).isEqualTo(0644);
            try (InputStream in = file.content().open()) {
                assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                        .isEqualTo("another");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("both")
    void hasTheSameSurroundingsEverywhere(Toolchain toolchain) {
        List<String> lines = new ArrayList<>();
        try (Workspace workspace = toolchain.open()) {
            workspace.run(new Command(List.of("env"), new TreeMap<>(Map.of("A", "b c"))), lines::add);
        }

        assertThat(lines)
                .contains("A=b c", "LC_ALL=C", "TZ=UTC")
                .noneMatch(line -> line.startsWith("JAVA_HOME=") || line.startsWith("USER="));
    }

    @Test
    void runsNothingAsRootInAContainer() {
        List<String> lines = new ArrayList<>();
        try (Workspace workspace = container.open()) {
            workspace.run(Command.script("id -u; cat /proc/self/status /proc/net/route", Map.of()), lines::add);
        }

        assertThat(lines).startsWith("1000").contains("CapEff:\t0000000000000000", "NoNewPrivs:\t1");
        assertThat(lines.stream().dropWhile(line -> !line.startsWith("Iface")))
                .as("routes")
                .hasSize(1);
    }

    @Test
    void leavesNoContainerBehindAndLoadsTheImageOnce() throws Exception {
        try (Workspace first = container.open();
                Workspace second = container.open()) {
            first.run(Command.script("sleep 300 >/dev/null 2>&1 &", Map.of()), line -> {});
            second.run(Command.script("sh -c :", Map.of()), line -> {});
        }

        try (DockerClient client = docker.client()) {
            assertThat(client.listContainersCmd().withShowAll(true).exec()).isEmpty();
            assertThat(client.listImagesCmd().exec()).hasSize(1);
        }
    }

    @ParameterizedTest
    @MethodSource("both")
    void tellsWhatFailedAndKeepsAllThatWasPrinted(Toolchain toolchain) throws Exception {
        try (Workspace workspace = toolchain.open();
                Logged logged = new Logged(workspace, store, "lab")) {
            Command command = Command.script("echo begin; echo 'a.c:3: error: no'; echo end; exit 3", Map.of());

            assertThatThrownBy(() -> logged.run("compile a.c", command, line -> {}))
                    .isInstanceOfSatisfying(BuildException.class, failure -> {
                        assertThat(failure)
                                .hasMessage("Tried to compile a.c, but it failed with status 3:\n    a.c:3: error: no");
                        Path log = Path.of(failure.hint().orElseThrow().replaceFirst(".* in (.*)\\.$", "$1"));
                        assertThat(log).hasContent("begin\na.c:3: error: no\nend\n");
                    });
        }
    }

    @Test
    void saysHowToDoWithoutDocker() throws Exception {
        Daemon none = Daemon.ofEnvironment(Map.of("DOCKER_HOST", "unix:///nowhere/docker.sock"));
        Toolchain toolchain = new ContainerToolchain(none, image(), store, Progress.SILENT);

        assertThatThrownBy(toolchain::open).isInstanceOfSatisfying(BuildException.class, failure -> {
            assertThat(failure.kind()).isEqualTo(BuildException.Kind.MISSING_TOOL);
            assertThat(failure.hint().orElseThrow()).contains("--native");
        });
    }
}
