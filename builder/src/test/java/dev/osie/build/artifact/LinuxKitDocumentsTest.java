package dev.osie.build.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.osie.build.assemble.Assembler;
import dev.osie.build.assemble.BuildRequest;
import dev.osie.build.assemble.Osie;
import dev.osie.build.assemble.Part;
import dev.osie.build.assemble.Project;
import dev.osie.build.assemble.ProjectCheck;
import dev.osie.build.assemble.StoredImages;
import dev.osie.build.assemble.StoredImages.Layer;
import dev.osie.build.compose.CompositionRequest;
import dev.osie.build.compose.DocumentCheck;
import dev.osie.build.initramfs.Compression;
import dev.osie.build.oci.registry.RegistrySettings;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.runtime.ImageLayout;
import dev.osie.build.spec.ImageName;
import dev.osie.build.spec.OsieDocument;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Node;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Documents of the kinds that users of LinuxKit have build as they are. Beside each, in {@code .txt}, is what is in the tree that did not
 * come out of an image, which somebody has read; {@code -Dgoldens=write} writes these files anew.
 */
class LinuxKitDocumentsTest {
    private static final Path DIRECTORY = Path.of("src/test/resources/dev/osie/build/artifact/documents");

    /** What {@link LinuxKitTarTest} shows of any container. */
    private static final Set<String> USUAL = Set.of(
            "ociVersion \"1.2.1\"",
            "root {\"path\":\"rootfs\"}",
            "mount {\"destination\":\"/dev\",\"type\":\"tmpfs\",\"source\":\"tmpfs\","
                    + "\"options\":[\"nosuid\",\"strictatime\",\"mode=755\",\"size=65536k\"]}",
            "mount {\"destination\":\"/dev/pts\",\"type\":\"devpts\",\"source\":\"devpts\","
                    + "\"options\":[\"nosuid\",\"noexec\",\"newinstance\",\"ptmxmode=0666\",\"mode=0620\"]}",
            "mount {\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\","
                    + "\"options\":[\"nosuid\",\"nodev\",\"noexec\",\"relatime\"]}",
            "mount {\"destination\":\"/sys\",\"type\":\"sysfs\",\"source\":\"sysfs\","
                    + "\"options\":[\"nosuid\",\"noexec\",\"nodev\"]}",
            "mount {\"destination\":\"/sys/fs/cgroup\",\"type\":\"cgroup\",\"source\":\"cgroup\","
                    + "\"options\":[\"nosuid\",\"noexec\",\"nodev\",\"relatime\",\"ro\"]}",
            "cgroups []",
            "mkdir []",
            "interfaces []",
            "namespace \"\"",
            "bindNS {\"cgroup\":\"\",\"ipc\":\"\",\"mnt\":\"\",\"net\":\"\",\"pid\":\"\",\"user\":\"\",\"uts\":\"\"}");

    @TempDir
    private Path directory;

    private Store store;

    @BeforeEach
    void openStore() {
        store = Store.open(directory.resolve("store"));
    }

    static List<String> documents() throws IOException {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".yml"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void areValid(String name) {
        Problems problems = new Problems();
        new DocumentCheck(directory, problems)
                .check(DIRECTORY.resolve(name).toString())
                .forEach(new ProjectCheck(new Project(directory), problems)::check);

        problems.throwIfAny();
    }

    @ParameterizedTest
    @MethodSource("documents")
    void buildAsTheyAre(String name) throws IOException {
        putImages(name);
        Path golden = DIRECTORY.resolve(name.replace(".yml", ".txt"));
        Osie osie = layOut(DIRECTORY.resolve(name), ImageLayout.FLAT);

        String made = made(osie);
        if ("write".equals(System.getProperty("goldens"))) {
            Files.writeString(golden, made);
        }
        assertThat(made).isEqualTo(Files.readString(golden));
    }

    @ParameterizedTest
    @MethodSource("documents")
    void buildTheSameFromWhatIsComposedOfThem(String name) throws IOException {
        putImages(name);
        for (ImageLayout layout : ImageLayout.values()) {
            Osie osie = layOut(DIRECTORY.resolve(name), layout);
            String document = new Assembler(store, Progress.SILENT)
                    .compose(
                            request(DIRECTORY.resolve(name), layout),
                            (composition, source) ->
                                    composition.locate(source).toAbsolutePath().toString());
            Path composed = Files.writeString(directory.resolve("composed.yaml"), document);

            assertThat(everything(layOut(composed, layout))).isEqualTo(everything(osie));
        }
    }

    /** An image for each name: of the kernel, or with a program. */
    private void putImages(String name) throws IOException {
        OsieDocument document = OsieDocument.read(YamlReader.read(DIRECTORY.resolve(name)));
        StoredImages images = new StoredImages(store);
        byte[] modules = new Layer().file("lib/modules/m.ko", 0644, "module").toBytes();
        for (ImageName image : document.images()) {
            images.put(
                    image.text(),
                    image.text().contains("kernel")
                            ? new Layer()
                                    .file("kernel", 0644, "the kernel")
                                    .file("bzImage", 0644, "the kernel")
                                    .file("kernel.tar", 0644, modules)
                                    .file("intel-ucode.cpio", 0644, "070701 and so on")
                            : new Layer()
                                    .directory("etc", 0755)
                                    .file("bin/app", 0755, image.text().replaceFirst(":latest$", "")));
        }
    }

    private Osie layOut(Path document, ImageLayout layout) {
        return new Assembler(store, Progress.SILENT).layOut(request(document, layout));
    }

    private BuildRequest request(Path document, ImageLayout layout) {
        return new BuildRequest(
                new Project(directory),
                CompositionRequest.of(document.toString(), Architecture.X86_64),
                Optional.empty(),
                Optional.empty(),
                RegistrySettings.DEFAULT,
                Optional.empty(),
                Compression.ZSTD_3,
                layout,
                Optional.of(StoredImages.LATEST));
    }

    /** The configuration of every container, and all of {@code files}. */
    private static String made(Osie osie) throws IOException {
        StringBuilder text = new StringBuilder("cmdline: " + osie.cmdline() + "\n");
        for (Part part : osie.parts()) {
            for (Map.Entry<String, Node> node : part.unit().tree().get().nodes().entrySet()) {
                String path = node.getKey();
                if (part.unit().name().equals("files")) {
                    text.append("\n== ").append(path).append(" · ").append(describe(node.getValue()));
                } else if (path.matches("containers/[^/]+/[^/]+/(config|runtime)[.]json")) {
                    text.append("\n== ").append(path).append('\n').append(fields(node.getValue()));
                }
            }
        }
        return text.toString().replaceAll("sha256:[0-9a-f]{64}", "sha256:DIGEST");
    }

    /** A line for each field of a configuration and each of its mounts, but for what every container has. */
    private static String fields(Node file) throws IOException {
        String json = describe(file).replaceFirst(".*\n", "");
        List<String> lines = new ArrayList<>();
        new ObjectMapper().readTree(json).properties().forEach(field -> {
            if (field.getKey().equals("mounts")) {
                field.getValue().forEach(mount -> lines.add("mount " + mount));
            } else {
                lines.add(field.getKey() + " " + field.getValue());
            }
        });
        lines.removeAll(USUAL);
        return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    }

    private static Map<String, String> everything(Osie osie) throws IOException {
        Map<String, String> everything = new TreeMap<>(Map.of(
                "cmdline",
                osie.cmdline(),
                "kernel",
                osie.vmlinuz().toString(),
                "ucode",
                osie.ucode().toString()));
        for (Part part : osie.parts()) {
            for (Map.Entry<String, Node> node : part.unit().tree().get().nodes().entrySet()) {
                everything.put(part.unit().name() + " " + node.getKey(), describe(node.getValue()));
            }
        }
        return everything;
    }

    private static String describe(Node node) throws IOException {
        if (node instanceof Node.RegularFile file) {
            try (InputStream in = file.content().open()) {
                return String.format(
                        "%04o %d:%d\n%s\n",
                        file.attributes().mode(),
                        file.attributes().uid(),
                        file.attributes().gid(),
                        new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        if (node instanceof Node.Directory directory) {
            return String.format(
                    "directory %04o %d:%d\n",
                    directory.attributes().mode(),
                    directory.attributes().uid(),
                    directory.attributes().gid());
        }
        return node instanceof Node.Symlink link ? "link to " + link.target() + "\n" : node + "\n";
    }
}
