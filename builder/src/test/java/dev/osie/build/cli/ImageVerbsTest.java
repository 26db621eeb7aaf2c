package dev.osie.build.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.osie.build.assemble.StoredImages;
import dev.osie.build.assemble.StoredImages.Layer;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.ImageConfig;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Platform;
import dev.osie.build.oci.Reference;
import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** The verbs of {@code image}, as far as they need no network. */
final class ImageVerbsTest {
    @TempDir
    private Path root;

    private Path cache;
    private Image tool;

    private record Result(int exitCode, String output, String errors) {}

    @BeforeEach
    void fillTheStore() throws IOException {
        Files.createDirectories(root.resolve("project/linuxkit-templates"));
        Path recipe = root.resolve("project/images/other/image.yaml");
        Files.createDirectories(recipe.getParent());
        Files.writeString(recipe, "description: a recipe\n");
        cache = root.resolve("cache");
        tool = fill(cache);
    }

    private static Image fill(Path cache) {
        Store store = Store.open(cache);
        StoredImages images = new StoredImages(store);
        Layer base = new Layer().file("bin/app", 0755, "x".repeat(5000));
        Image amd = images.put("osie-build/tool:x86_64", base, new Layer().file("etc/tool", 0644, "tool"));
        ImageConfig config = amd.config();
        new Layout(store)
                .put(
                        Reference.parse("osie-build/tool:aarch64"),
                        new ImageConfig(
                                Platform.linux(Architecture.AARCH64),
                                config.created(),
                                config.author(),
                                config.execution(),
                                config.diffIds(),
                                config.history()),
                        amd.layers().stream()
                                .map(layer -> new Image.Layer(layer.blob(), "debian:tool 1:2-3"))
                                .toList());
        return amd;
    }

    @Test
    void lsNamesEveryImageWithItsArchitectureDigestAndSize() throws IOException {
        String digest = tool.manifest().hex().substring(0, 12);

        assertThat(run("ls").output().lines())
                .hasSize(2)
                .element(1)
                .asString()
                .matches("osie-build/tool:x86_64   x86_64   " + digest + "  [0-9.]+ kB");
        JsonNode list = new ObjectMapper().readTree(run("ls", "--json").output());
        assertThat(list).hasSize(2);
        assertThat(list.get(1).path("digest").textValue())
                .isEqualTo(tool.manifest().toString());
        assertThat(list.get(1).path("architecture").textValue()).isEqualTo("x86_64");
        assertThat(list.get(1).path("size").longValue())
                .isEqualTo(tool.layers().stream()
                        .mapToLong(layer -> layer.blob().size())
                        .sum());
    }

    @Test
    void inspectShowsWhatALayerWasMadeFrom() throws IOException {
        Result text = run("inspect", "tool", "--arch", "aarch64");

        assertThat(text.output())
                .contains("osie-build/tool:aarch64\n", "platform    linux/arm64\n", "entrypoint  /bin/app\n")
                .containsPattern("kB +none  [0-9a-f]{12}  tool@1:2-3\n");
        JsonNode list =
                new ObjectMapper().readTree(run("inspect", "tool", "--json").output());
        assertThat(list).hasSize(2);
        assertThat(list.get(1)
                        .path("config")
                        .path("config")
                        .path("Entrypoint")
                        .get(0)
                        .textValue())
                .isEqualTo("/bin/app");
        assertThat(list.get(1).path("manifest").path("layers")).hasSize(2);
    }

    @Test
    void inspectTellsWhichRecipeWasNotMadeAndWhatWasPerhapsMeant() {
        Result recipe =
                run("inspect", "other", "--project", root.resolve("project").toString());
        assertThat(recipe.exitCode()).isEqualTo(2);
        assertThat(recipe.errors()).contains("osie-build image build other");

        Result typo = run("inspect", "docker-archve:x.tar");
        assertThat(typo.exitCode()).isEqualTo(2);
        assertThat(typo.errors()).contains("Perhaps you meant 'docker-archive:x.tar'");
    }

    /** Each digest changes when the bytes do: then nobody's export is reproducible any more, and the change has to be meant. */
    @ParameterizedTest
    @CsvSource({
        "oci-archive, none, 90bdd074da1687415bc16bdfbfef7f9fa58b6a9305e6277eab064f73f2386d79",
        "oci-archive, gzip, 02cc7cf3d4ec32b3534c24f1587268ad577772b700415e3fed3371dcaae82205",
        "oci-archive, zstd, a824cff29f062f6d7270bd0d35aa9b53c3545c89abff03795b0f177398013e87",
        "docker-archive, none, e5687bd576bfd51d4adf23cc9f633703f05e00e63f00d8fda843cbcad66a01fc",
        "docker-archive, zstd, 3fcdf69f529706890182e4dfde96c33eb00c7b693bf9e10f280dcc0fadeb0c25"
    })
    void exportWritesTheSameBytesWhereverAndWhenever(String format, String compression, String digest)
            throws IOException {
        Path file = export(cache, "one.tar", format, compression);
        Path elsewhere = root.resolve("elsewhere");
        fill(elsewhere);

        assertThat(Files.mismatch(file, export(elsewhere, "two.tar", format, compression)))
                .isEqualTo(-1);
        assertThat(Digest.of(Files.readAllBytes(file))).hasToString("sha256:" + digest);
    }

    private Path export(Path store, String name, String format, String compression) {
        Path file = root.resolve(name);
        String[] arguments = {
            "export",
            "tool",
            "--arch",
            "x86_64",
            "--format",
            format,
            "--compression",
            compression,
            "-o",
            file.toString()
        };
        assertThat(runIn(store, arguments).errors()).contains("docker.io/osie-build/tool:latest");
        return file;
    }

    @ParameterizedTest
    @CsvSource({"oci-archive, none", "oci-archive, gzip", "oci-archive, zstd", "oci, none", "oci, gzip", "oci, zstd"})
    void whatIsExportedIsImportedForEveryArchitecture(String format, String compression) throws IOException {
        Path file = root.resolve("out");
        assertThat(run("export", "tool", "--format", format, "--compression", compression, "-o", file.toString())
                        .exitCode())
                .isZero();
        Path other = root.resolve("other");

        Result result = runIn(other, "import", format + ":" + file, "--as", "registry.lab/tool:1");

        assertThat(result.exitCode()).as(result.errors()).isZero();
        Store store = Store.open(other);
        for (Architecture architecture : Architecture.values()) {
            Layout.Entry entry = new Layout(store)
                    .entry(Reference.parse("registry.lab/tool:1"), Platform.linux(architecture))
                    .orElseThrow();
            assertThat(entry.imported()).contains(format);
            assertThat(blobs(new Layout(store), entry))
                    .isEqualTo(tool.layers().stream().map(Image.Layer::blob).toList());
        }
        assertThat(runIn(other, "ls").output()).containsPattern("registry.lab/tool:1  aarch64 .* " + format + "\n");
        assertThat(runIn(other, "inspect", format + ":" + file, "--arch", "aarch64")
                        .output())
                .contains(" " + compression + " ", "tool@1:2-3");
    }

    private static List<Blob> blobs(Layout layout, Layout.Entry entry) {
        return layout.read(Reference.parse("any"), entry.manifest().digest()).layers().stream()
                .map(Image.Layer::blob)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"none", "gzip", "zstd"})
    void dockersArchivesAreImportedUnderTheNameTheyGive(String compression) {
        Path file = export(cache, "docker.tar", "docker-archive", compression);
        Path other = root.resolve("other");

        assertThat(runIn(other, "import", "docker-archive:" + file).exitCode()).isZero();
        assertThat(runIn(other, "ls").output()).startsWith("docker.io/osie-build/tool:latest  x86_64");
        assertThat(runIn(other, "inspect", "docker-archive:" + file).exitCode()).isZero();
    }

    @Test
    void anImportWithoutANameAsksForOne() {
        Path file = root.resolve("out.tar");
        run("export", "tool", "-o", file.toString());
        Path renamed = root.resolve("layout");
        run("export", "tool", "--format", "oci", "-o", renamed.toString());
        replaceName(renamed.resolve("index.json"));

        Result result = runIn(root.resolve("other"), "import", "oci:" + renamed);

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errors()).contains("has no name there that documents could use", "--as registry.lab/app:1");
    }

    private static void replaceName(Path index) {
        try {
            Files.writeString(index, Files.readString(index).replace("docker.io/osie-build/tool:latest", "latest"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void dockersArchiveHoldsOneArchitecture() {
        Path file = root.resolve("out.tar");

        Result result = run("export", "tool", "--format", "docker-archive", "-o", file.toString());

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errors()).contains("for 2.", "--arch");
        assertThat(file).doesNotExist();
    }

    @Test
    void aFailedExportLeavesWhatWasThere() throws IOException {
        Path file = Files.writeString(root.resolve("out.tar"), "before");
        Path layer = Store.open(cache).path(tool.layers().get(1).blob().digest());
        Files.writeString(layer, "y".repeat((int) Files.size(layer)));

        Result result = run("export", "tool", "--arch", "x86_64", "-o", file.toString());

        assertThat(result.exitCode()).isEqualTo(4);
        assertThat(file).hasContent("before");
        assertThat(root).isDirectoryNotContaining("glob:**/.out.tar*");
    }

    @Test
    void aFolderMustBeFree() throws IOException {
        Path folder = Files.createDirectories(root.resolve("out"));
        Files.writeString(folder.resolve("precious"), "mine");

        Result result = run("export", "tool", "--format", "oci", "-o", folder.toString());

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(folder.resolve("precious")).hasContent("mine");
    }

    @Test
    void rmForgetsAllOrNothing() {
        Result typo = run("rm", "osie-build/tool:x86_64", "osie-build/tol:x86_64");
        assertThat(typo.exitCode()).isEqualTo(2);
        assertThat(typo.errors()).contains("The store has no image 'osie-build/tol:x86_64'", "osie-build/tool:x86_64");
        assertThat(run("ls").output().lines()).hasSize(2);

        assertThat(run("rm", "tool").exitCode()).isZero();
        assertThat(run("ls").output()).isEmpty();
        assertThat(Store.open(cache).contains(tool.manifest())).isTrue();
    }

    @Test
    void wrongWordsAreErrorsThatNameTheRightOnes() {
        assertThat(run("export", "tool", "-o", "x", "--format", "tar").errors())
                .contains("expected oci or oci-archive or docker-archive");
        assertThat(run("export", "tool", "-o", "x", "--compression", "xz").errors())
                .contains("expected gzip, zstd:1 to zstd:22, or none");
        assertThat(run("lss").errors()).contains("Did you mean", "ls");
        assertThat(run().exitCode()).isEqualTo(2);
    }

    private Result run(String... arguments) {
        return runIn(cache, arguments);
    }

    private static Result runIn(Path store, String... arguments) {
        StringWriter output = new StringWriter();
        StringWriter errors = new StringWriter();
        CommandLine command = Main.commandLine().setOut(new PrintWriter(output)).setErr(new PrintWriter(errors));
        Stream<String> where = arguments.length == 0 ? Stream.of() : Stream.of("--cache", store.toString());
        String[] all = Stream.concat(Stream.concat(Stream.of("image"), Stream.of(arguments)), where)
                .toArray(String[]::new);
        int exitCode = command.execute(all);
        return new Result(exitCode, output.toString(), errors.toString());
    }
}
