package dev.osie.build.assemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.compose.Composer;
import dev.osie.build.compose.Composition;
import dev.osie.build.compose.CompositionRequest;
import dev.osie.build.failure.BuildException;
import dev.osie.build.oci.Reference;
import dev.osie.build.platform.Architecture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a real git. */
class PackageTagsTest {
    @TempDir
    private Path repository;

    @BeforeEach
    void commitAPackage() throws Exception {
        write("pkg/tool/build.yml", "image: tool\nnetwork: true\n");
        write("pkg/tool/Dockerfile", "FROM scratch\n");
        write("images/lab.yml", "init: [\"@pkg:../pkg/tool\"]\nkernel: { image: k:1 }\n");
        git("init", "-q");
        git("add", ".");
        git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "first");
    }

    @Test
    void theTagIsTheTreeOfTheDirectory() throws Exception {
        String tree = git("rev-parse", "HEAD:pkg/tool").strip();

        assertThat(reference()).hasToString("linuxkit/tool:" + tree);
    }

    @Test
    void theOrganisationMayBeAnother() throws Exception {
        write("pkg/tool/build.yml", "image: tool\norg: registry.lab:5000/ours\n");
        git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-a", "-m", "second");

        assertThat(reference().repository()).isEqualTo("registry.lab:5000/ours/tool");
    }

    @Test
    void aPackageWithChangesHasNoTag() throws Exception {
        write("pkg/tool/new", "x");

        assertRefused("lab.yml:1:8: '@pkg:../pkg/tool': ", "has changes that are not committed");
    }

    @Test
    void aDirectoryThatIsNoPackageIsNamed() throws Exception {
        Files.delete(repository.resolve("pkg/tool/build.yml"));

        assertRefused("expected a file build.yml");
    }

    @Test
    void whatOnlyLinuxKitKnowsIsLeftToIt() throws Exception {
        write("pkg/tool/build.yml", "image: tool\nextra-sources: [\"../x:x\"]\n");

        assertRefused("build.yml:2:16", "linuxkit pkg show-tag");
    }

    private Reference reference() {
        Composition composition = new Composer(repository)
                .compose(CompositionRequest.of(
                        repository.resolve("images/lab.yml").toString(), Architecture.X86_64));
        return new PackageTags(composition.files())
                .of(composition.document().init().get(0));
    }

    private void assertRefused(String... words) {
        assertThatThrownBy(this::reference).isInstanceOf(BuildException.class).hasMessageContainingAll(words);
    }

    private void write(String path, String text) throws IOException {
        Path file = repository.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private String git(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("git", "-C", repository.toString()));
        command.addAll(List.of(arguments));
        Process git = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(git.getInputStream().readAllBytes());
        assertThat(git.waitFor()).as(output).isZero();
        return output;
    }
}
