package dev.osie.build.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.osie.build.spec.OsieDocument;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import dev.osie.build.yaml.YamlReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HardeningTest {
    private static final String SERVICE = "services: [{ name: s, image: i }]\n";

    @TempDir
    private Path directory;

    @Test
    void writesAHardenedServiceOnceAndForContainerd() throws IOException {
        Tree tree = bundles("""
                services: [{ name: s, image: i, capabilities: [CAP_SYS_TIME] }]
                osie:
                  defaults: { hardened: true }
                  services:
                    s: { resources: { unified: { memory.max: "64M", pids.max: "100" } } }
                """);

        Golden.compare("hardened-config.json", text(tree, "containers/services/s/config.json"));
        JsonNode own = json(tree, "containers/services/s/config.json").get("linux");
        assertThat(json(tree, "containers/services/s/containerd.json").get("linux"))
                .isEqualTo(own);
    }

    @Test
    void writesWhatTheShellOfTheInitReads() throws IOException {
        Tree tree = bundles("""
                services: [{ name: a, image: i }, { name: b, image: i }, { name: c, image: i }]
                osie:
                  services:
                    c: { after: [a, b], ready: { exec: [/bin/sh, -c, "it's $up"], timeout: 1500ms }, restart: never }
                    b: { ready: { tcp: "[::1]:80" } }
                    a: { ready: { file: "/run/it's" } }
                """);

        Golden.compare("supervision", text(tree, "containers/services/c/supervision"));
        assertThat(text(tree, "containers/services/b/supervision")).endsWith("is_ready() { probe_tcp ::1 80; }\n");
        assertThat(text(tree, "containers/services/a/supervision"))
                .contains("ready_file='/run/it'\\''s'\n", "is_ready() { probe_file; }\n");
    }

    @Test
    void changesNothingOfADocumentThatAsksForNothing() throws IOException {
        Tree plain = bundles(SERVICE);
        Tree silent = bundles(SERVICE + "osie: { defaults: { hardened: false }, services: { s: {} } }");

        assertThat(silent.nodes().keySet()).isEqualTo(plain.nodes().keySet());
        for (String file : List.of("config.json", "containerd.json", "runtime.json", "prepare")) {
            String path = "containers/services/s/" + file;
            assertThat(text(silent, path)).isEqualTo(text(plain, path));
        }
        assertThat(text(plain, "containers/services/s/config.json"))
                .doesNotContain("seccomp", "maskedPaths", "noNewPrivileges", "unified");
    }

    @Test
    void hardensEverySectionUnlessSettingsSayOtherwise() throws IOException {
        Tree tree = bundles("""
                onboot: [{ name: once, image: i }]
                services: [{ name: s, image: i }, { name: free, image: i }, { name: partly, image: i }]
                osie:
                  defaults: { hardened: true }
                  services:
                    free: { hardened: false }
                    partly: { hardened: false, seccomp: default }
                """);

        assertThat(json(tree, "containers/onboot/000-once/config.json")
                        .at("/process/noNewPrivileges")
                        .asBoolean())
                .isTrue();
        assertThat(text(tree, "containers/services/free/config.json")).doesNotContain("seccomp", "maskedPaths");
        assertThat(text(tree, "containers/services/partly/config.json"))
                .contains("seccomp")
                .doesNotContain("maskedPaths", "noNewPrivileges");
    }

    @Test
    void leavesWhatAnEntrySaysInLinuxKitsWords() throws IOException {
        JsonNode config = json(bundles("""
                services: [{ name: s, image: i, maskedPaths: [/proc/x], readonlyPaths: [], noNewPrivileges: false }]
                osie: { defaults: { hardened: true } }
                """), "containers/services/s/config.json");

        assertThat(config.at("/linux/maskedPaths").toString()).isEqualTo("[\"/proc/x\"]");
        assertThat(config.at("/linux/readonlyPaths").isMissingNode()).isTrue();
        assertThat(config.at("/process/noNewPrivileges").isMissingNode()).isTrue();
    }

    @Test
    void allowsTheCallsThatACapabilityIsFor() throws IOException {
        assertThat(denied("[]")).contains("mount", "unshare", "clock_settime", "reboot", "keyctl");
        assertThat(denied("[CAP_SYS_TIME]")).contains("mount", "keyctl").doesNotContain("clock_settime");
        assertThat(denied("[all]")).contains("keyctl").doesNotContain("mount", "unshare", "reboot", "bpf");
    }

    @Test
    void takesAProfileFromItsFile() throws IOException {
        String profile =
                "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"}]}";
        Files.writeString(directory.resolve("mine.json"), profile);

        JsonNode config = json(
                bundles(SERVICE + "osie: { services: { s: { seccomp: mine.json } } }"),
                "containers/services/s/config.json");

        assertThat(config.at("/linux/seccomp")).isEqualTo(new ObjectMapper().readTree(profile));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {                                            | is not JSON
        []                                           | must be an object with a 'defaultAction'
        {"defaultAction":"ALLOW","syscalls":[]}      | must be an object with a 'defaultAction'
        {"defaultAction":"SCMP_ACT_ALLOW"}           | needs a list 'syscalls'
        {"defaultAction":"SCMP_ACT_ALLOW","archMap":[],"syscalls":[]}        | has the key 'archMap', which a runtime does not know
        {"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"name":"read"}]}      | has a rule without 'names'
        {"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["read"],"action":"SCMP_ACT_LOG","includes":{}}]} | (rule 1 of 'syscalls')
        """)
    void saysWhatIsWrongWithAProfile(String profile, String message) throws IOException {
        Files.writeString(directory.resolve("mine.json"), profile);

        assertThatThrownBy(() -> bundles(SERVICE + "osie: { services: { s: { seccomp: mine.json } } }"))
                .hasMessageStartingWith("t.yaml:2:35: the seccomp profile 'mine.json' ")
                .hasMessageContaining(message);
    }

    @Test
    void saysThatAProfileIsMissing() {
        assertThatThrownBy(() -> bundles(SERVICE + "osie: { services: { s: { seccomp: defualt } } }"))
                .hasMessageContaining(
                        "'defualt' does not exist; expected default, unconfined or the file of a profile");
    }

    private List<String> denied(String capabilities) throws IOException {
        JsonNode config = json(
                bundles("services: [{ name: s, image: i, capabilities: " + capabilities
                        + " }]\nosie: { services: { s: { seccomp: default } } }"),
                "containers/services/s/config.json");
        List<String> names = new ArrayList<>();
        config.at("/linux/seccomp/syscalls")
                .forEach(rule -> rule.get("names").forEach(name -> names.add(name.asText())));
        return names;
    }

    private Tree bundles(String yaml) {
        ContainerImage image =
                new ContainerImage(List.of("/entry"), List.of(), List.of(), "", "", Optional.empty(), List.of("aa"));
        Tree.Builder all = new Tree.Builder();
        Bundles.of(
                        OsieDocument.read(YamlReader.read("t.yaml", yaml)),
                        name -> image,
                        file -> directory.resolve(file.file()),
                        ImageLayout.SHARED,
                        0)
                .forEach(bundle -> all.putAll(bundle.tree()));
        return all.build(0);
    }

    private static JsonNode json(Tree tree, String path) throws IOException {
        return new ObjectMapper().readTree(text(tree, path));
    }

    private static String text(Tree tree, String path) throws IOException {
        Node.RegularFile file = (Node.RegularFile) tree.get(path).orElseThrow();
        try (InputStream in = file.content().open()) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }
}
