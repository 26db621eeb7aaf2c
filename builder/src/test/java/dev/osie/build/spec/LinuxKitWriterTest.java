package dev.osie.build.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.yaml.YamlReader;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LinuxKitWriterTest {
    private static final String DIGEST = "@sha256:0123";

    @Test
    void writesSectionsInLinuxKitsOrderWithEveryImagePinned() {
        OsieDocument document = read("""
                osie: { kernel: { use: debian-lts } }
                files: [{ contents: "a\\nb\\n", mode: "0644", path: etc/x }]
                services: [{ image: "@image:docker", name: docker, uid: 5, readonly: true, env: ["A=1"] }]
                init: ["@image:init"]
                kernel: { cmdline: console=ttyS0 }
                trust: { org: [linuxkit] }
                """);

        assertThat(write(document)).isEqualTo("""
                        kernel:
                            image: osie-build/kernel@sha256:9
                            cmdline: "console=ttyS0"
                        init:
                          - osie-build/init@sha256:0123
                        services:
                          - name: docker
                            image: osie-build/docker@sha256:0123
                            uid: 5
                            readonly: true
                            env:
                              - "A=1"
                        files:
                          - path: etc/x
                            contents: |
                                a
                                b
                            mode: "0644"
                        """);
    }

    @Test
    void writesTextThatReadersOfYamlCouldTakeForSomethingElseInQuotes() {
        String contents =
                "\"yes\", \"0o17\", \"1e3\", \"~\", \"a: b\", \" x\", \"#\", \"\", \"a\\tb\\n\", \" lead\\nx\", \"x \\ny\", \"\\u0085\"";
        OsieDocument document = read("services: [{ name: s, image: i, command: [" + contents + "] }]");

        OsieDocument again = read(write(document));
        assertThat(again.services().get(0).options().process().command())
                .isEqualTo(document.services().get(0).options().process().command());
        assertThat(write(document)).contains("- \"yes\"").contains("- \"0o17\"").contains("- \"1e3\"");
    }

    @Test
    void keepsTheKernelThatADocumentNames() {
        assertThat(write(read("kernel: { image: linuxkit/kernel:6.6 }")))
                .isEqualTo("kernel:\n    image: linuxkit/kernel:6.6@sha256:0123\n");
    }

    @Test
    void spellsValuesAsEveryReaderOfYamlTakesThem() {
        String written = write(read("""
                kernel: { image: k, cmdline: , tar: off }
                services:
                  - name: on
                    image: i
                    hostname: no
                    uts: new
                    command:
                    readonly: yes
                    noNewPrivileges: Off
                    uid: "0042"
                    gid: 0x10
                    additionalGids: ["7", on]
                    annotations: { readonly: yes, at: 12:30, mac: 02:42:10 }
                    sysctl: { off: "1" }
                files: [{ path: a, directory: on, optional: true }]
                """));

        assertThat(written).isEqualTo("""
                        kernel:
                            image: k@sha256:0123
                            tar: "off"
                        services:
                          - name: "on"
                            image: i@sha256:0123
                            hostname: "no"
                            uts: new
                            readonly: true
                            noNewPrivileges: false
                            uid: 42
                            gid: 0x10
                            additionalGids:
                              - 7
                              - "on"
                            annotations:
                                readonly: "yes"
                                at: "12:30"
                                mac: "02:42:10"
                            sysctl:
                                "off": "1"
                        files:
                          - path: a
                            directory: true
                            optional: true
                        """);
        assertThat(new LinuxKitWriter(ImageName::text).write(read(written), Optional.empty()))
                .isEqualTo(written);
    }

    @Test
    void readsBackWhatItWrites() {
        OsieDocument document = read("""
                init: [a, b]
                onboot:
                  - { name: x, image: i, resources: { memory: { limit: 5 } }, sysctl: { a: "1" }, tmpfs: ["/a:size=1"] }
                files: [{ path: d, directory: true, mode: "0755" }]
                """);

        String once = write(document);
        assertThat(new LinuxKitWriter(ImageName::text).write(read(once), Optional.empty()))
                .isEqualTo(once);
    }

    private static String write(OsieDocument document) {
        return new LinuxKitWriter(image ->
                        image.recipe().map(name -> "osie-build/" + name).orElse(image.text()) + DIGEST)
                .write(document, document.osie().map(osie -> "osie-build/kernel@sha256:9"));
    }

    @Test
    void writesTextOfManyPartsWithoutOverflowingTheStack() {
        String cmdline = "a" + ":a".repeat(200_000);
        OsieDocument document =
                OsieDocument.read(YamlReader.read("t.yaml", "kernel: { image: k, cmdline: \"" + cmdline + "\" }"));

        String written = new LinuxKitWriter(ImageName::text).write(document, Optional.empty());

        assertThat(OsieDocument.read(YamlReader.read("written", written))
                        .kernel()
                        .orElseThrow()
                        .cmdline())
                .isEqualTo(cmdline);
    }

    private static OsieDocument read(String yaml) {
        return OsieDocument.read(YamlReader.read("t.yaml", yaml));
    }
}
