package dev.osie.build.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.osie.build.image.Recipe;
import dev.osie.build.image.Recipes;
import dev.osie.build.platform.Architecture;
import dev.osie.build.spec.ContainerEntry;
import dev.osie.build.spec.ImageName;
import dev.osie.build.spec.LinuxKitWriter;
import dev.osie.build.spec.OsieDocument;
import dev.osie.build.yaml.YamlNode;
import dev.osie.build.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The flavors, pieces and overlays of this repository, for every architecture. */
class ShippedTemplatesTest {
    private static final Path ROOT = Path.of("..");

    /** The keys of LinuxKit's schema by the list they stand in; LinuxKit refuses a document with any other. */
    private static final Map<String, Set<String>> KEYS = Map.of(
            "",
            Set.of("kernel", "init", "volumes", "onboot", "onshutdown", "services", "files", "trust"),
            "kernel",
            Set.of("image", "cmdline", "binary", "tar", "ucode"),
            "volumes",
            Set.of("name", "image", "readonly", "format", "platforms"),
            "files",
            Set.of("path", "directory", "symlink", "contents", "source", "metadata", "optional", "mode", "uid", "gid"),
            "runtime",
            Set.of("cgroups", "mounts", "mkdir", "interfaces", "bindNS", "namespace"),
            "devices",
            Set.of("path", "type", "major", "minor", "mode"),
            "containers",
            Set.of(
                    "name",
                    "image",
                    "capabilities",
                    "capabilities.add",
                    "ambient",
                    "mounts",
                    "binds",
                    "binds.add",
                    "tmpfs",
                    "command",
                    "env",
                    "cwd",
                    "net",
                    "pid",
                    "ipc",
                    "uts",
                    "userns",
                    "readonly",
                    "maskedPaths",
                    "readonlyPaths",
                    "uid",
                    "gid",
                    "additionalGids",
                    "noNewPrivileges",
                    "hostname",
                    "oomScoreAdj",
                    "rootfsPropagation",
                    "cgroupsPath",
                    "resources",
                    "sysctl",
                    "rlimits",
                    "uidMappings",
                    "gidMappings",
                    "annotations",
                    "devices",
                    "runtime"));

    @TempDir
    private Path directory;

    static Stream<Arguments> flavors() throws IOException {
        return onEveryArchitecture("flavors");
    }

    static Stream<Arguments> pieces() throws IOException {
        return onEveryArchitecture("pieces");
    }

    static Stream<Arguments> overlays() throws IOException {
        return onEveryArchitecture("overlays");
    }

    @ParameterizedTest
    @MethodSource("flavors")
    void everyFlavorHasAKernelAndRecipesForItsImages(String flavor, Architecture architecture) {
        Composition composition = new Composer(ROOT).compose(CompositionRequest.of(flavor, architecture));

        assertThat(composition.document().osie().orElseThrow().kernel()).isPresent();
        assertIsWhole(composition);
    }

    @ParameterizedTest
    @MethodSource("pieces")
    void everyPieceComposesByItself(String piece, Architecture architecture) throws IOException {
        Path flavor = Files.writeString(directory.resolve("alone.yaml"), "osie: { pieces: [init, " + piece + "] }\n");

        assertIsWhole(new Composer(ROOT).compose(CompositionRequest.of(flavor.toString(), architecture)));
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void everyOverlayCanBeLaidOverHook(String overlay, Architecture architecture) {
        assertIsWhole(new Composer(ROOT)
                .compose(new CompositionRequest(
                        List.of("hook"),
                        Optional.empty(),
                        List.of(overlay),
                        Map.of(),
                        architecture,
                        Optional.empty())));
    }

    @Test
    void allPiecesAndOverlaysGoTogether() throws IOException {
        Path flavor = Files.writeString(
                directory.resolve("all.yaml"), "osie: { pieces: [" + String.join(", ", names("pieces")) + "] }\n");

        assertIsWhole(new Composer(ROOT)
                .compose(new CompositionRequest(
                        List.of(flavor.toString()),
                        Optional.empty(),
                        names("overlays"),
                        Map.of(),
                        Architecture.X86_64,
                        Optional.empty())));
    }

    @Test
    void theOverlayEmbedPutsAShellIntoDocker() {
        Composition hook = new Composer(ROOT)
                .compose(new CompositionRequest(
                        List.of("hook"),
                        Optional.empty(),
                        List.of("embed"),
                        Map.of(),
                        Architecture.X86_64,
                        Optional.empty()));

        assertThat(hook.document().embedded())
                .extracting(image -> image.image().text(), image -> image.name())
                .containsExactly(
                        tuple("@image:shell", "docker.io/osie-build/shell:latest"),
                        tuple("@image:shell", "registry.lab/shell:1"));
        assertThat(ROOT.resolve("images/shell/image.yaml")).isRegularFile();
    }

    @Test
    void hardensAllButDockerAndTheConsoleWhenAFlavorAsksForIt(@TempDir Path directory) throws IOException {
        Path overlay = Files.writeString(directory.resolve("hard.yaml"), "osie: { defaults: { hardened: true } }");

        for (List<String> overlays : List.of(List.<String>of(), List.of(overlay.toString()))) {
            OsieDocument document = new Composer(ROOT)
                    .compose(new CompositionRequest(
                            List.of("hook"),
                            Optional.empty(),
                            overlays,
                            Map.of(),
                            Architecture.X86_64,
                            Optional.empty()))
                    .document();
            assertThat(document.services())
                    .filteredOn(document.settings()::isHardened)
                    .extracting(ContainerEntry::name)
                    .containsExactlyInAnyOrder("dhcp", "tink-worker");
        }
    }

    @Test
    void everyDocumentSaysWhatItIs() {
        for (Catalog.Kind kind : Catalog.Kind.values()) {
            assertThat(new Catalog(ROOT).list(kind))
                    .isNotEmpty()
                    .allSatisfy(item ->
                            assertThat(item.description()).as(item.name()).isNotBlank());
        }
    }

    @Test
    void theHookFlavorRunsTheWorkerAndSlimLetsNobodyIn() {
        assertThat(services("hook")).contains("docker", "tink-worker", "getty");
        assertThat(services("slim")).contains("docker", "tink-worker").doesNotContain("getty", "ssh");
        assertThat(services("slim-containerd"))
                .contains("tink-worker", "dhcp")
                .doesNotContain("docker", "getty", "ssh");
        assertThat(services("debug")).contains("docker", "tink-worker", "getty", "ssh", "clock");
    }

    @Test
    void nobodyCanLogInByAPasswordOverSsh() throws IOException {
        assertThat(Files.readString(ROOT.resolve("images/ssh/ssh-service"))).containsPattern("exec dropbear .* -s ");
    }

    private static void assertIsWhole(Composition composition) {
        Recipes recipes = Recipes.in(ROOT.resolve("images"));
        assertThat(composition.recipes())
                .isNotEmpty()
                .allSatisfy(name -> assertThat(recipes.get(name)).isInstanceOf(Recipe.class));
        String plain = new LinuxKitWriter(ImageName::text).write(composition.document(), Optional.empty());
        assertThat(plain).doesNotContain("osie:", "$arch");
        assertKeys("", YamlReader.read("composed", plain));
    }

    private static void assertKeys(String kind, YamlNode node) {
        if (node instanceof YamlNode.Sequence sequence) {
            sequence.items().forEach(item -> assertKeys(kind, item));
        } else if (node instanceof YamlNode.Mapping mapping && KEYS.containsKey(kind)) {
            for (YamlNode.Entry entry : mapping.entries()) {
                String key = entry.key().text();
                assertThat(KEYS.get(kind)).as("%s", entry.key().position()).contains(key);
                assertKeys(
                        List.of("onboot", "onshutdown", "services").contains(key) ? "containers" : key, entry.value());
            }
        }
    }

    private static List<String> services(String flavor) {
        return new Composer(ROOT)
                .compose(CompositionRequest.of(flavor, Architecture.X86_64)).document().services().stream()
                        .map(ContainerEntry::name)
                        .toList();
    }

    private static Stream<Arguments> onEveryArchitecture(String folder) throws IOException {
        return names(folder).stream()
                .flatMap(
                        name -> Stream.of(Architecture.values()).map(architecture -> Arguments.of(name, architecture)));
    }

    private static List<String> names(String folder) throws IOException {
        try (Stream<Path> files = Files.list(ROOT.resolve("linuxkit-templates").resolve(folder))) {
            // A build leaves its lock beside the flavors.
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .map(Source::stem)
                    .sorted()
                    .toList();
        }
    }
}
