package dev.osie.build.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import dev.osie.build.spec.ContainerEntry;
import dev.osie.build.spec.FileEntry;
import dev.osie.build.spec.ImageName;
import dev.osie.build.spec.OsieDocument;
import dev.osie.build.spec.Supervision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComposerTest {
    @TempDir
    Path root;

    @Test
    void laysPiecesBelowTheFlavorAndOverlaysAboveIt() throws IOException {
        piece("network", """
                onboot:
                  - { name: dhcp, image: "@image:dhcp", command: [/from-piece], env: [A=1] }
                """);
        flavor("hook", """
                osie: { pieces: [network] }
                onboot:
                  - { name: dhcp, command: [/from-flavor] }
                """);
        Path overlay = write("lab.yaml", "onboot: [{ name: dhcp, env: [A=2] }]");

        ContainerEntry dhcp = compose("hook", overlay).onboot().get(0);
        assertThat(dhcp.options().process().command()).contains(List.of("/from-flavor"));
        assertThat(dhcp.options().process().env()).contains(List.of("A=2"));
        assertThat(dhcp.image().recipe()).contains("dhcp");
    }

    @Test
    void mergesEachPieceOnceAndBeforeThePieceThatAsksForIt() throws IOException {
        piece("a", "osie: { pieces: [c] }");
        piece("b", "osie: { pieces: [c] }");
        piece("c", "init: [example/c]");
        flavor("f", "osie: { pieces: [a, b] }");

        assertThat(composer().compose(request("f", Map.of())).documents())
                .containsExactly(
                        "linuxkit-templates/pieces/c.yaml",
                        "linuxkit-templates/pieces/a.yaml",
                        "linuxkit-templates/pieces/b.yaml",
                        "linuxkit-templates/flavors/f.yaml");
    }

    @Test
    void appendsWithAdd() throws IOException {
        piece("p", "services: [{ name: s, image: i, command: [a], binds.add: [\"/x:/x\"] }]");
        flavor("f", """
                osie: { pieces: [p] }
                services: [{ name: s, command.add: [b], binds.add: ["/y:/y"] }]
                """);

        ContainerEntry service = compose("f").services().get(0);
        assertThat(service.options().process().command()).contains(List.of("a", "b"));
        assertThat(service.options().filesystem().mounts())
                .extracting(mount -> mount.destination())
                .containsExactly("/x", "/y");
    }

    @Test
    void embedsMoreImagesWhetherOrNotADocumentBelowEmbedsSome() throws IOException {
        piece("p", "osie: { embed: [a] }");
        flavor("f", "osie: { pieces: [p], embed.add: [b] }");
        flavor("g", "osie: { embed.add: [b] }");
        Path overlay = write("more.yaml", "osie: { embed.add: [{ image: c, as: d }] }");

        assertThat(compose("f", overlay).embedded())
                .extracting(image -> image.image().text())
                .containsExactly("a", "b", "c");
        assertThat(compose("g", overlay).embedded())
                .extracting(image -> image.image().text())
                .containsExactly("b", "c");
    }

    @Test
    void aNameEmbeddedInTwoDocumentsIsAnErrorWithBothPlaces() throws IOException {
        piece("p", "osie: { embed: [a] }");
        flavor("f", "osie: { pieces: [p], embed.add: [a] }");

        assertThatThrownBy(() -> compose("f"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("flavors/f.yaml:1:34: a second embedded image")
                .hasMessageContaining("the first stands at linuxkit-templates/pieces/p.yaml:1:17");
    }

    @Test
    void laysSettingsOfContainersOverEachOtherByName() throws IOException {
        piece("p", """
                services: [{ name: s, image: i }, { name: t, image: i }]
                osie: { services: { s: { after: [t], restart: never }, t: { hardened: true } } }
                """);
        flavor("f", """
                osie: { pieces: [p], services: { s: { restart: on-failure } } }
                services: [{ name: t, $remove: true }]
                """);
        Path overlay = write("lab.yaml", "osie: { services: { s: { after: null }, t: null } }");

        Supervision supervision = compose("f", overlay).settings().supervision("s");
        assertThat(supervision.restart()).isEqualTo(Supervision.Restart.ON_FAILURE);
        assertThat(supervision.after()).isEmpty();
        assertThatThrownBy(() -> compose("f")).hasMessageContaining("has no service 't'");
    }

    @Test
    void refusesAnAdditionToAListThatNobodySets() throws IOException {
        flavor("f", "osie: {}\nservices: [{ name: s, image: i, env.add: [A=1] }]");

        assertThatThrownBy(() -> compose("f"))
                .hasMessageContaining("flavors/f.yaml:2:33: 'env.add' finds no list to add to");
    }

    @Test
    void removesAKeyByNull() throws IOException {
        piece("p", "services: [{ name: s, image: i, readonly: true }]");
        flavor("f", "osie: { pieces: [p] }\nservices: [{ name: s, readonly: null }]");

        assertThat(compose("f").services().get(0).options().filesystem().readonly())
                .isFalse();
    }

    @Test
    void removesANamedEntry() throws IOException {
        piece("p", "services: [{ name: keep, image: i }, { name: drop, image: i }]");
        flavor("f", "osie: { pieces: [p] }\nservices: [{ name: drop, $remove: true }]");

        assertThat(names(compose("f").services())).containsExactly("keep");
    }

    @Test
    void placesAnEntryBeforeOrAfterAnother() throws IOException {
        piece("p", "onboot: [{ name: a, image: i }, { name: b, image: i }]");
        flavor("f", """
                osie: { pieces: [p] }
                onboot:
                  - { name: first, image: i, $before: a }
                  - { name: middle, image: i, $after: a }
                  - { name: last, image: i }
                """);

        assertThat(names(compose("f").onboot())).containsExactly("first", "a", "middle", "b", "last");
    }

    @Test
    void pointsAtAnUnknownPlace() throws IOException {
        piece("p", "onboot: [{ name: dhcp, image: i }]");
        flavor("f", "osie: { pieces: [p] }\nonboot: [{ name: x, image: i, $before: dhpc }]");

        assertThatThrownBy(() -> compose("f"))
                .hasMessageContaining("f.yaml:2:40: no entry 'dhpc' in 'onboot' — did you mean 'dhcp'?");
    }

    @Test
    void joinsFilesByPathWithOrWithoutLeadingSlash() throws IOException {
        piece("p", "files: [{ path: /etc/motd, contents: old, mode: \"0644\" }]");
        flavor("f", "osie: { pieces: [p] }\nfiles: [{ path: etc/motd, contents: new }]");

        FileEntry motd = compose("f").files().get(0);
        assertThat(motd.kind()).isEqualTo(new FileEntry.Contents("new"));
        assertThat(motd.mode()).hasValue(0644);
    }

    @Test
    void appendsInitImagesOnce() throws IOException {
        piece("p", "init: [a, b]");
        flavor("f", "osie: { pieces: [p] }\ninit: [b, c]");

        assertThat(compose("f").init()).extracting(ImageName::text).containsExactly("a", "b", "c");
    }

    @Test
    void keepsModulesThatAPieceAddsWhenTheFlavorNamesTheSet() throws IOException {
        piece("docker", "osie: { kernel: { modules.add: [overlay] } }");
        flavor("f", "osie: { pieces: [docker], kernel: { use: debian-lts, modules: provisioning } }");

        var kernel = compose("f").osie().orElseThrow().kernel().orElseThrow();
        assertThat(kernel.use()).contains("debian-lts");
        assertThat(kernel.modules()).containsExactly("provisioning");
        assertThat(kernel.addedModules()).containsExactly("overlay");
    }

    @Test
    void anOverlaysDefaultReplacesTheFlavors() throws IOException {
        flavor("f", "osie: { vars: { NAME: one } }\nfiles: [{ path: x, contents: \"${NAME}\" }]");
        Path overlay = write("o.yaml", "osie: { vars: { NAME: two } }");

        assertThat(compose("f", overlay).files().get(0).kind()).isEqualTo(new FileEntry.Contents("two"));
    }

    @Test
    void takesPlainLinuxKitYamlLiterally() throws IOException {
        Path plain = write("plain.yml", """
                kernel: { image: "linuxkit/kernel:6.6.71", cmdline: console=ttyS0 }
                init: [linuxkit/init:abc]
                onboot:
                  - { name: sysctl, image: linuxkit/sysctl:x }
                  - { name: sysctl, image: linuxkit/sysctl:y }
                files: [{ path: x.sh, contents: "echo ${HOME}" }]
                """);

        OsieDocument document = compose(plain.toString());
        assertThat(document.files().get(0).kind()).isEqualTo(new FileEntry.Contents("echo ${HOME}"));
        assertThat(names(document.onboot())).containsExactly("sysctl", "sysctl");
        assertThat(document.osie()).isEmpty();
    }

    @Test
    void saysWhichEntryIsMeantTwice() throws IOException {
        Path plain = write("plain.yml", "onboot: [{ name: a, image: i }, { name: a, image: i }]");
        Path overlay = write("o.yml", "onboot: [{ name: a, readonly: true }]");

        assertThatThrownBy(() -> compose(plain.toString(), overlay)).hasMessageContaining("stands 2 times");
    }

    @Test
    void namesTheAvailablePiecesWhenOneIsMissing() throws IOException {
        piece("docker", "{}");
        piece("network", "{}");
        flavor("f", "osie: { pieces: [dokcer] }");

        assertThatThrownBy(() -> compose("f"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("linuxkit-templates/flavors/f.yaml:1:18: there is no piece 'dokcer'")
                .hasMessageContaining("docker, network")
                .hasMessageContaining("Perhaps 'docker' is meant.");
    }

    @Test
    void refusesPiecesThatNeedEachOther() throws IOException {
        piece("a", "osie: { pieces: [b] }");
        piece("b", "osie: { pieces: [a] }");
        flavor("f", "osie: { pieces: [a] }");

        assertThatThrownBy(() -> compose("f")).hasMessageContaining("the piece 'a' needs itself: a → b → a");
    }

    @Test
    void namesAMissingFlavorAndOverlay() throws IOException {
        flavor("hook", "osie: {}");

        assertThatThrownBy(() -> compose("hok")).hasMessageContaining("there is no flavor 'hok'");
        assertThatThrownBy(() -> compose("hook", root.resolve("gone.yaml")))
                .hasMessageContaining("gone.yaml: there is no such file");
    }

    @Test
    void findsSourcesBesideTheDocumentThatNamesThem() throws IOException {
        piece("p", "files: [{ path: a, source: ../files/a }]");
        flavor("f", "osie: { pieces: [p] }\nfiles: [{ path: a, mode: \"0644\" }]");

        Composition composition = composer().compose(request("f", Map.of()));
        FileEntry.Source source =
                (FileEntry.Source) composition.document().files().get(0).kind();
        assertThat(composition.locate(source)).isEqualTo(root.resolve("linuxkit-templates/files/a"));
    }

    @Test
    void reportsPositionsFromTheProjectsRoot() throws IOException {
        piece("p", "services:\n  - { name: s, image: i, capabilites: [all] }");
        flavor("f", "osie: { pieces: [p] }");

        assertThatThrownBy(() -> compose("f"))
                .hasMessage("linuxkit-templates/pieces/p.yaml:2:26: unknown key 'capabilites' in service 's'"
                        + " — did you mean 'capabilities'?");
    }

    private static List<String> names(List<ContainerEntry> entries) {
        return entries.stream().map(ContainerEntry::name).toList();
    }

    private OsieDocument compose(String flavor, Path... overlays) {
        List<String> names = List.of(overlays).stream().map(Path::toString).toList();
        return composer()
                .compose(new CompositionRequest(
                        List.of(flavor), Optional.empty(), names, Map.of(), Architecture.X86_64, Optional.empty()))
                .document();
    }

    private static CompositionRequest request(String flavor, Map<String, String> variables) {
        return new CompositionRequest(
                List.of(flavor), Optional.empty(), List.of(), variables, Architecture.X86_64, Optional.empty());
    }

    private Composer composer() {
        return new Composer(root);
    }

    private void piece(String name, String text) throws IOException {
        write("linuxkit-templates/pieces/" + name + ".yaml", text);
    }

    private void flavor(String name, String text) throws IOException {
        write("linuxkit-templates/flavors/" + name + ".yaml", text);
    }

    private Path write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }
}
