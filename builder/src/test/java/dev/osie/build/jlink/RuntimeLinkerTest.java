package dev.osie.build.jlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Links the modules of the JDK that runs the tests, and compares with what its own jlink makes of them. */
@Tag("tools")
class RuntimeLinkerTest {
    private static final Path JDK = Path.of(System.getProperty("java.home"));
    private static final List<String> MODULES = List.of("java.logging", "java.naming", "jdk.unsupported");

    @TempDir
    Path directory;

    @Test
    void linksARuntimeThatRuns() throws Exception {
        Path home = link(MODULES);

        assertThat(run(home.resolve("bin/java").toString(), "-Xshare:off", "--list-modules"))
                .contains("java.base@", "java.logging@", "java.naming@", "java.security.sasl@", "jdk.unsupported@")
                .doesNotContain("java.desktop");
    }

    @Test
    void listsItsClassesByTheFileSystemOfModules() throws Exception {
        Path home = link(MODULES);
        Path source = directory.resolve("Walk.java");
        Files.writeString(source, """
                import java.net.URI;
                import java.nio.file.*;
                class Walk {
                    public static void main(String[] arguments) throws Exception {
                        FileSystem jrt = FileSystems.getFileSystem(URI.create("jrt:/"));
                        try (var files = Files.walk(jrt.getPath("/modules"))) {
                            System.out.println(files.filter(Files::isRegularFile).count());
                        }
                        try (var modules = Files.list(jrt.getPath("/packages/java.util.logging"))) {
                            modules.forEach(System.out::println);
                        }
                        System.out.println(Files.readAllBytes(jrt.getPath("/modules/java.base/java/lang/Object.class")).length > 100);
                    }
                }
                """);
        run(JDK.resolve("bin/javac").toString(), "-d", directory.toString(), source.toString());

        String output = run(home.resolve("bin/java").toString(), "-Xshare:off", "-cp", directory.toString(), "Walk");

        int resources = extract(home.resolve("lib/modules")).size();
        assertThat(output.lines())
                .containsExactly(Integer.toString(resources), "/packages/java.util.logging/java.logging", "true");
    }

    @Test
    void holdsTheSameResourcesAsTheJdksOwnJlinkPutsThere() throws Exception {
        Path ours = link(MODULES).resolve("lib/modules");
        Path theirs = linkWithJlink();

        Map<String, byte[]> expected = extract(theirs.resolve("lib/modules"));
        Map<String, byte[]> found = extract(ours);

        // Both would generate these two, each in its own way.
        found.remove("java.base/jdk/internal/module/SystemModules$all.class");
        found.remove("java.base/jdk/internal/module/SystemModulesMap.class");
        expected.remove("java.base/jdk/internal/module/SystemModulesMap.class");
        assertThat(found.keySet()).isEqualTo(expected.keySet());
        found.forEach((path, bytes) -> {
            byte[] original = expected.get(path);
            assertThat(bytes).as(path).isEqualTo(path.endsWith(".class") ? DebugInformation.strip(original) : original);
        });
        assertThat(run(JDK.resolve("bin/jimage").toString(), "verify", ours.toString()))
                .doesNotContain("Error");
    }

    @Test
    void tellsTheVirtualMachineOfItsModulesWhatTheirDeclarationsSay() throws Exception {
        Path source = directory.resolve("Describe.java");
        Files.writeString(source, """
                import java.util.*;
                import java.util.stream.*;
                class Describe {
                    public static void main(String[] arguments) throws Exception {
                        for (var resolved : new TreeMap<>(ModuleLayer.boot().configuration().modules().stream()
                                .collect(Collectors.toMap(m -> m.name(), m -> m))).values()) {
                            var module = resolved.reference().descriptor();
                            System.out.println(module.toNameAndVersion() + " " + module.modifiers());
                            System.out.println(new TreeSet<>(module.requires()));
                            System.out.println(module.exports().stream().map(Object::toString).map(Describe::sorted).sorted().toList());
                            System.out.println(module.opens().stream().map(Object::toString).map(Describe::sorted).sorted().toList());
                            System.out.println(new TreeSet<>(module.uses()) + " " + new TreeSet<>(module.provides()));
                            System.out.println(new TreeSet<>(module.packages()));
                            System.out.println(resolved.reads().stream().map(m -> m.name()).sorted().toList());
                        }
                    }
                    static String sorted(String text) {
                        return Arrays.stream(text.split("[^\\\\w.]+")).sorted().toList().toString();
                    }
                }
                """);
        run(JDK.resolve("bin/javac").toString(), "-d", directory.toString(), source.toString());
        String[] command = {
            "bin/java",
            "-Xshare:off",
            "-Xlog:class+load:file=" + directory.resolve("loaded"),
            "-cp",
            directory.toString(),
            "Describe"
        };

        command[0] = linkWithJlink().resolve("bin/java").toString();
        String expected = run(command);
        assertThat(directory.resolve("loaded")).content().doesNotContain("SystemModules$all");
        command[0] = link(MODULES).resolve("bin/java").toString();
        String found = run(command);

        assertThat(found).isEqualTo(expected);
        assertThat(directory.resolve("loaded")).content().contains("SystemModules$all");
    }

    @Test
    void makesTheSameBytesEveryTime() throws Exception {
        byte[] first = Files.readAllBytes(link(MODULES).resolve("lib/modules"));
        byte[] second = Files.readAllBytes(
                link(List.of("jdk.unsupported", "java.naming", "java.logging")).resolve("lib/modules"));

        assertThat(second).isEqualTo(first);
    }

    @Test
    void namesAModuleTheJdkDoesNotHave() {
        assertThatThrownBy(() -> link(List.of("java.nothing")))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("no module 'java.nothing'")
                .hasMessageContaining("java.base");
    }

    private Path link(List<String> modules) throws IOException {
        Path home = Files.createTempDirectory(directory, "runtime");
        Path work = Files.createTempDirectory(directory, "work");
        try (RuntimeLinker linker = RuntimeLinker.of(jdk(), work)) {
            for (Map.Entry<String, Node> entry : linker.link(modules, 0).nodes().entrySet()) {
                Path path = home.resolve(entry.getKey());
                if (entry.getValue() instanceof Node.RegularFile file) {
                    try (InputStream in = file.content().open()) {
                        Files.copy(in, path);
                    }
                    assertThat(path.toFile().setExecutable((file.attributes().mode() & 0100) != 0))
                            .isTrue();
                } else {
                    Files.createDirectory(path);
                }
            }
        }
        return home;
    }

    /** Links without the plugins that generate classes. */
    private Path linkWithJlink() throws Exception {
        Path theirs = directory.resolve("theirs");
        run(
                JDK.resolve("bin/jlink").toString(),
                "--module-path",
                JDK.resolve("jmods").toString(),
                "--add-modules",
                String.join(",", MODULES),
                "--disable-plugin",
                "system-modules",
                "--disable-plugin",
                "generate-jli-classes",
                "--output",
                theirs.toString());
        return theirs;
    }

    private static Tree jdk() throws IOException {
        assertThat(JDK.resolve("jmods"))
                .as("modules to link: apt install openjdk-17-jdk-headless")
                .isDirectory();
        Tree.Builder tree = new Tree.Builder();
        try (Stream<Path> jmods = Files.list(JDK.resolve("jmods"))) {
            for (Path jmod : jmods.toList()) {
                tree.put(
                        "jdk/jmods/" + jmod.getFileName(),
                        new Node.RegularFile(Attributes.root(0644, 0), Content.of(jmod)));
            }
        }
        return tree.build(0);
    }

    private Map<String, byte[]> extract(Path jimage) throws Exception {
        Path target = Files.createTempDirectory(directory, "extracted");
        run(JDK.resolve("bin/jimage").toString(), "extract", "--dir", target.toString(), jimage.toString());
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(target)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                files.put(target.relativize(path).toString(), Files.readAllBytes(path));
            }
        }
        return files;
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }
}
