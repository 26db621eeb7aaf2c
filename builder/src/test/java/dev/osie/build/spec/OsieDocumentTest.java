package dev.osie.build.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.osie.build.failure.BuildException;
import dev.osie.build.spec.ContainerOptions.IdMapping;
import dev.osie.build.spec.ContainerOptions.Interface;
import dev.osie.build.spec.ContainerOptions.Namespace;
import dev.osie.build.spec.ContainerOptions.Rlimit;
import dev.osie.build.spec.FileEntry.Metadata;
import dev.osie.build.spec.FileEntry.MetadataFormat;
import dev.osie.build.spec.VolumeEntry.Format;
import dev.osie.build.yaml.YamlReader;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OsieDocumentTest {
    @Test
    void readsEverySection() {
        OsieDocument document = read("""
                kernel:
                  image: linuxkit/kernel:6.6.71
                  cmdline: "console=ttyS0"
                  ucode: intel-ucode.cpio
                init: [linuxkit/init:a, "@image:containerd"]
                volumes:
                  - { name: data, image: alpine, format: filesystem, readonly: true }
                onboot:
                  - { name: sysctl, image: linuxkit/sysctl:b }
                onshutdown:
                  - { name: bye, image: busybox }
                services:
                  - { name: getty, image: linuxkit/getty:c }
                files:
                  - { path: /etc/issue, contents: hello, mode: "0444", uid: getty, gid: 3 }
                trust: { org: [linuxkit] }
                """);

        assertThat(document.kernel().orElseThrow().tar()).contains("kernel.tar");
        assertThat(document.kernel().orElseThrow().ucode()).contains("intel-ucode.cpio");
        assertThat(document.images())
                .extracting(ImageName::text)
                .containsExactly(
                        "linuxkit/kernel:6.6.71",
                        "linuxkit/init:a",
                        "@image:containerd",
                        "alpine",
                        "linuxkit/sysctl:b",
                        "busybox",
                        "linuxkit/getty:c");
        assertThat(document.recipes()).containsExactly("containerd");
        FileEntry issue = document.files().get(0);
        assertThat(issue.path()).isEqualTo("etc/issue");
        assertThat(issue.mode()).hasValue(0444);
        assertThat(issue.uid().orElseThrow().text()).isEqualTo("getty");
        assertThat(document.volumes().get(0).readonly()).isTrue();
    }

    @Test
    void readsEveryFieldOfAContainer() {
        ContainerOptions options = service("""
                capabilities: [CAP_CHOWN]
                capabilities.add: [CAP_KILL, CAP_CHOWN]
                ambient: [CAP_KILL]
                mounts:
                  - { type: proc }
                  - { source: sysfs }
                  - { source: /a, destination: /b, options: [bind] }
                  - { type: bind, source: /c, destination: /d, options: [ro] }
                binds: ["/x:/y", "/r:/s:ro,rprivate"]
                binds.add: ["/z:/z"]
                tmpfs: ["/t:size=1m,noexec"]
                command: [/bin/sh, -c, "true"]
                env: [A=b=c, B=]
                cwd: /srv
                net: new
                ipc: /run/ns/ipc
                uts: host
                pid: host
                userns: new
                uidMappings: [{ hostID: 100000, containerID: 0, size: 65536 }]
                gidMappings: [{ hostID: 200000, size: 1 }]
                readonly: true
                maskedPaths: [/proc/kcore]
                readonlyPaths: [/proc/sys]
                uid: 1
                gid: root
                additionalGids: [2, s]
                noNewPrivileges: true
                hostname: h
                oomScoreAdj: -1000
                rootfsPropagation: rslave
                cgroupsPath: /x
                resources: { pids: { limit: 5 }, cpu: { shares: 2, cpus: "0-1" } }
                sysctl: { b: "2", a: "1" }
                rlimits: ["NOFILE,1,unlimited", "RLIMIT_CORE,0,0"]
                annotations: { k: v }
                devices: [{ path: all }, { path: /dev/x, type: c, major: 1, minor: 2, mode: "0600" }]
                runtime: { cgroups: [a], mkdir: [/b], namespace: n, mounts: [{ destination: /d, type: tmpfs }] }
                """);

        assertThat(options.process().capabilities()).containsExactly("CAP_CHOWN", "CAP_KILL");
        assertThat(options.process().env()).contains(List.of("A=b=c", "B="));
        assertThat(options.process().rlimits())
                .containsExactly(new Rlimit("RLIMIT_NOFILE", 1, -1), new Rlimit("RLIMIT_CORE", 0, 0));
        assertThat(options.process().oomScoreAdj()).hasValue(-1000);
        assertThat(options.filesystem().mounts())
                .extracting(mount -> mount.type() + " " + mount.source() + " " + mount.destination() + " "
                        + String.join(",", mount.options()))
                .containsExactly(
                        "tmpfs tmpfs /t size=1m,noexec",
                        "bind /x /y rw,rbind,rshared",
                        "bind /r /s ro,rprivate,rbind",
                        "bind /z /z rw,rbind,rshared",
                        "proc proc /proc ",
                        "sysfs sysfs /sys ",
                        "bind /a /b bind",
                        "bind /c /d ro,rbind");
        assertThat(options.isolation().namespaces())
                .containsExactly(
                        new Namespace("network", Optional.empty()),
                        new Namespace("ipc", Optional.of("/run/ns/ipc")),
                        new Namespace("user", Optional.empty()),
                        new Namespace("mount", Optional.empty()));
        assertThat(options.isolation().uidMappings()).containsExactly(new IdMapping(100000, 0, 65536));
        assertThat(options.isolation().sysctl().keySet()).containsExactly("a", "b");
        assertThat(options.runtime().namespace()).contains("n");
        assertThat(options.filesystem().devices()).hasSize(2);
    }

    @Test
    void readsInterfacesAndBoundNamespaces() {
        ContainerOptions.Runtime runtime = service("""
                runtime:
                  interfaces:
                    - name: eth1
                    - { name: dummy0, add: dummy, createInRoot: true }
                    - { name: vethin0, peer: vethout0 }
                  bindNS: { net: /run/netns/s, uts: "", cgroup: /run/cg }
                """).runtime();

        assertThat(runtime.interfaces())
                .containsExactly(
                        new Interface("eth1", Optional.empty(), false, Optional.empty()),
                        new Interface("dummy0", Optional.of("dummy"), true, Optional.empty()),
                        new Interface("vethin0", Optional.of("veth"), false, Optional.of("vethout0")));
        assertThat(runtime.bindNamespaces())
                .containsExactly(Map.entry("cgroup", "/run/cg"), Map.entry("net", "/run/netns/s"));
    }

    @Test
    void joinsTheLabelsRuntimeFieldByFieldDownToEachNamespace() {
        ContainerEntry entry = read("""
                services:
                  - name: s
                    image: i
                    runtime: { mkdir: [/own], bindNS: { net: /own } }
                """).services().get(0);

        ContainerEntry joined = entry.withLabel("""
                { "ipc": "new", "runtime": { "mkdir": ["/label"], "namespace": "label",
                  "interfaces": [{ "name": "eth1" }], "bindNS": { "net": "/label", "uts": "/label" } } }""");

        ContainerOptions.Runtime runtime = joined.options().runtime();
        assertThat(runtime.mkdir()).containsExactly("/own");
        assertThat(runtime.namespace()).contains("label");
        assertThat(runtime.interfaces()).extracting(Interface::name).containsExactly("eth1");
        assertThat(runtime.bindNamespaces()).containsExactly(Map.entry("net", "/own"), Map.entry("uts", "/label"));
        assertThat(joined.options().isolation().namespaces())
                .extracting(Namespace::type)
                .contains("ipc");
    }

    @Test
    void readsVolumesOfTheFormatOci() {
        List<VolumeEntry> volumes = read("""
                volumes:
                  - { name: a, image: i, format: oci, platforms: [linux/amd64, linux/arm/v7] }
                  - { name: b, format: "" }
                """).volumes();

        assertThat(volumes).extracting(VolumeEntry::format).containsExactly(Format.OCI, Format.FILESYSTEM);
        assertThat(volumes.get(0).platforms()).containsExactly("linux/amd64", "linux/arm/v7");
    }

    @Test
    void readsMetadataInBothFormatsAndPackagesOfLinuxKit() {
        OsieDocument document = read("""
                init: ["@pkg:../pkg/init"]
                files: [{ path: a, metadata: yaml }, { path: b, metadata: json }]
                """);

        assertThat(document.files())
                .extracting(FileEntry::kind)
                .containsExactly(new Metadata(MetadataFormat.YAML), new Metadata(MetadataFormat.JSON));
        assertThat(document.init().get(0).linuxKitPackage()).contains("../pkg/init");
        assertThat(document.recipes()).isEmpty();
    }

    @Test
    void givesAContainerItsOwnPidsAndTheHostsNetwork() {
        assertThat(service("{}").isolation().namespaces())
                .extracting(Namespace::type)
                .containsExactly("pid", "mount");
    }

    @Test
    void spellsOutAllCapabilities() {
        assertThat(service("capabilities: [ALL]").process().capabilities())
                .hasSize(41)
                .startsWith("CAP_CHOWN")
                .endsWith("CAP_CHECKPOINT_RESTORE");
        assertThat(service("capabilities: [none]").process().capabilities()).isEmpty();
    }

    @Test
    void reportsEveryProblemAtOnceInTheOrderOfTheLines() {
        BuildException failure = catchThrowableOfType(BuildException.class, () -> read("""
                        kernl: {}
                        services:
                          - name: agent
                            image: i
                            capabilites: [CAP_NET_ADMIN]
                            readonly: "yes"
                        files:
                          - { path: x, contents: y, mode: 0644 }
                        """));

        assertThat(failure.kind()).isEqualTo(BuildException.Kind.BAD_INPUT);
        assertThat(failure.getMessage().lines())
                .containsExactly(
                        "t.yaml:1:1: unknown key 'kernl' in the document — did you mean 'kernel'?",
                        "t.yaml:5:5: unknown key 'capabilites' in service 'agent' — did you mean 'capabilities'?",
                        "t.yaml:6:15: 'readonly' of service 'agent' must be true or false, not the text 'yes'",
                        "t.yaml:8:35: 'mode' of file 'x' must be text: write \"0644\" with quotes"
                                + " (YAML reads 0644 as the number 420)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../evil", "a/b", "..", ".hidden", "-x", "a b", "\"a\\u0000\"", "''"})
    void refusesNamesThatAreNotSafeAsDirectories(String name) {
        assertThatThrownBy(() -> read("services: [{ name: " + name + ", image: i }]"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("must consist of letters, digits");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../up", "a/../../b", "/", "\"a\\0b\""})
    void refusesFilesThatLeaveTheTree(String path) {
        assertThatThrownBy(() -> read("files: [{ path: " + path + ", contents: x }]"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("path");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "runtime: { mkdir: [../../etc] }",
                "runtime: { mounts: [{ destination: ../x, type: tmpfs }] }",
                "runtime: { cgroups: [../x] }",
                "tmpfs: [/a/../../b]"
            })
    void refusesPathsThatLeaveTheContainer(String field) {
        assertThatThrownBy(() -> service(field)).hasMessageContaining("must not contain '..'");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    net: bridge                         | 'net' of service 's' must be new, host or the path of a namespace
                    ipc: none                           | 'ipc' of service 's' must be new, host or the path of a namespace
                    capabilities: [CAP_NET_ADMN]        | did you mean 'CAP_NET_ADMIN'?
                    binds: ["/a"]                       | the bind '/a' must have the form source:destination[:options]
                    binds: ["/a:/b:ro:x"]               | must have the form
                    binds: ["/a:b"]                     | the destination of a mount must begin with '/'
                    tmpfs: ["/a:b:c"]                   | must have the form destination[:options]
                    mounts: [{ destination: /a }]       | a mount needs the key 'type'
                    mounts: [{ type: bind, destination: /a }] | a mount of type bind needs the key 'source'
                    env: [A]                            | must have the form NAME=value
                    env: [1]                            | must be text: write "1" with quotes
                    sysctl: { a: 1 }                    | must be text: write "1" with quotes
                    rlimits: ["NOFILE,1"]               | must have the form NAME,soft,hard
                    rlimits: ["FILES,1,2"]              | must have the form NAME,soft,hard
                    oomScoreAdj: 2000                   | must be from -1000 to 1000
                    uid: -1                             | must be a whole number from 0 to 4294967294
                    uid: 4294967295                     | must be a whole number from 0 to 4294967294
                    uid: true                           | must be a whole number from 0 to 4294967294
                    cwd: srv                            | must begin with '/'
                    devices: [{ path: /dev/x, type: c }] | a device needs
                    rootfsPropagation: public           | must be shared, slave, private or unbindable
                    resources: { memory: { limt: 1 } }  | unknown key 'limt' in 'memory' of resources — did you mean 'limit'?
                    resources: { unified: {} }          | unknown key 'unified' in resources
                    runtime: { bindNS: { network: /x } } | unknown key 'network' in 'bindNS'
                    runtime: { bindNS: { net: run/x } } | 'net' of 'bindNS' of 'runtime' of service 's' must be a path that begins with '/'
                    runtime: { bindNS: { net: /a/../b } } | must not contain '..'
                    runtime: { interfaces: [{ add: dummy }] } | an interface of 'runtime' of service 's' needs the key 'name'
                    runtime: { interfaces: [{ name: a/b }] } | must be the name of a network interface
                    runtime: { interfaces: [{ name: a, add: veth }] } | 'add' of an interface of 'runtime' of service 's' is veth, so it needs the key 'peer'
                    runtime: { interfaces: [{ name: a, add: dummy, peer: b }] } | is only for a link of the kind veth
                    runtime: { namespace: a/b }         | is not a namespace of containerd
                    command: /bin/sh                    | 'command' of service 's' must be a list, not the text '/bin/sh'
                    """)
    void saysWhatIsWrongWithAField(String field, String message) {
        assertThatThrownBy(() -> service(field))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    services: [{ name: s }]                             | service 's' needs the key 'image'
                    services: [{ image: i }]                            | needs the key 'name'
                    services: [{ name: s, image: i }, { name: s, image: i }] | a second service with the name 's'
                    volumes: [{ name: v }, { name: v }]                 | a second volume with the name 'v'
                    volumes: [{ name: v, format: oci }]                 | 'format' of a volume is oci, so it needs the key 'image'
                    volumes: [{ name: v, format: ocl }]                 | must be filesystem or oci, not 'ocl' — did you mean 'oci'?
                    volumes: [{ name: v, platforms: [linux/arm64] }]    | 'platforms' of a volume is only for volumes with 'format: oci'
                    volumes: [{ name: v, image: i, format: oci, platforms: [arm64] }] | must have the form os/architecture
                    services: [{ name: s, image: i, binds: ["dta:/d"] }] | unknown volume 'dta'
                    services: [{ name: s, image: "@pkg:" }]             | is not the name of an image
                    services: [{ name: s, image: "@image:../x" }]       | is not the name of an image
                    init: [1]                                           | must be text
                    files: [{ path: x }]                                | needs exactly one of contents, source
                    files: [{ path: x, contents: a, source: b }]        | needs exactly one of contents, source
                    files: [{ path: x, metadata: xml }]                 | must be yaml or json, not 'xml'
                    files: [{ path: x, contents: a, mode: "999" }]      | must be an octal mode
                    files: [{ path: x, contents: a, symlink: b }]       | needs exactly one of contents, source
                    files: [{ path: x, contents: a, directory: true }]  | needs exactly one of contents, source
                    volumes: [{ name: "" }]                             | must consist of lower-case letters
                    volumes: [{ name: Data }]                           | must consist of lower-case letters
                    kernel: { image: i, cmdlin: x }                     | unknown key 'cmdlin' in
                    trust: { key: [a] }                                 | unknown key 'key' in
                    services: { a: b }                                  | 'services' of the document must be a list, not a mapping
                    { kernel: { image: i }, osie: { kernel: { use: k } } } | two kernels: the image 'i', and 'k' at t.yaml:1:41
                    x-anchors: {}                                       | unknown key 'x-anchors'
                    osie: { peices: [] }                                | did you mean 'pieces'?
                    osie: { vars: { "a-b": c } }                        | the name of a variable must consist of
                    """)
    void saysWhatIsWrongWithADocument(String yaml, String message) {
        assertThatThrownBy(() -> read(yaml)).isInstanceOf(BuildException.class).hasMessageContaining(message);
    }

    @Test
    void demandsThatAReadOnlyVolumeIsBoundReadOnly() {
        String yaml = "volumes: [{ name: v, readonly: true }]\nservices: [{ name: s, image: i, binds: [\"v:/v%s\"] }]";

        assertThatThrownBy(() -> read(String.format(yaml, ""))).hasMessageContaining("needs the option ro");
        assertThat(read(String.format(yaml, ":ro,rprivate")).services()).hasSize(1);
    }

    @Test
    void keepsTheCamelCaseOfResources() {
        ContainerOptions options = service("resources: { memory: { disableOOMKiller: true, kernelTCP: 1 } }");

        assertThat(options.isolation().resources().values().get("memory")).isPresent();
    }

    @Test
    void followsAliasesButNotWhenTheyExplode() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (int i = 1; i < 9; i++) {
            String alias = "*a" + (i - 1);
            bomb.append("a" + i + ": &a" + i + " [" + String.join(",", Collections.nCopies(10, alias)) + "]\n");
        }
        assertThatThrownBy(() -> read(bomb.toString())).isInstanceOf(BuildException.class);
        assertThat(read("services: [{ name: a, image: i, env: &e [A=1] }, { name: b, image: i, env: *e }]")
                        .services())
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a: &a [*a]", "? [a]\n: b", "a: 1\na: 2", "a: 1\n---\nb: 2", "- a", "just text", "a: !!set {x}"})
    void refusesHostileDocumentsWithItsOwnError(String yaml) {
        assertThatThrownBy(() -> read(yaml)).isInstanceOf(BuildException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"name: %s", "hostname: 1%s", "runtime: { namespace: %s }", "env: [\"%s\"]", "net: %s"})
    void refusesOrTakesVeryLongWords(String field) {
        for (String word : List.of("a-".repeat(200_000) + "a", ":1".repeat(200_000), "a/b.".repeat(200_000))) {
            String yaml = "services:\n  - image: i\n    " + String.format(field, word) + "\n";
            assertTimeout(
                    Duration.ofSeconds(20),
                    () -> assertThatThrownBy(() -> read(yaml)).isInstanceOf(BuildException.class));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"#", "a: ", "a: \"x"})
    void refusesLinesOnWhichTheParserWouldTakeMinutes(String beginning) {
        String yaml = beginning + " ".repeat(15_000_000) + "\n";

        assertTimeout(
                Duration.ofSeconds(20),
                () -> assertThatThrownBy(() -> read(yaml))
                        .hasMessageContaining("a line of more than a million characters"));
    }

    @Test
    void validatesTenThousandServicesInTimeThatGrowsWithTheirNumber() {
        StringBuilder yaml = new StringBuilder("services:\n");
        for (int i = 0; i < 10_000; i++) {
            yaml.append("  - { name: s" + i + ", image: i, capabilities: [all], binds: [\"/a:/b\"], env: [A=1] }\n");
        }
        // Far more than it takes, and far less than it would if every service were compared with every other.
        assertTimeout(
                Duration.ofSeconds(30),
                () -> assertThat(read(yaml.toString()).services()).hasSize(10_000));
    }

    private static ContainerOptions service(String fields) {
        String indented = fields.strip().equals("{}") ? "" : fields.strip().indent(4);
        return read("services:\n  - name: s\n    image: i\n" + indented)
                .services()
                .get(0)
                .options();
    }

    private static OsieDocument read(String yaml) {
        return OsieDocument.read(YamlReader.read("t.yaml", yaml));
    }
}
