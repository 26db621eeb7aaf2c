package dev.osie.build.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.osie.build.failure.BuildException;
import dev.osie.build.spec.OsieDocument;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import dev.osie.build.yaml.YamlReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BundlesTest {
    private static final long MTIME = 1_700_000_000;

    private ContainerImage image = image("");

    @Test
    void writesTheConfigurationOfATypicalService() throws IOException {
        Tree tree = bundle("""
                services:
                  - name: dhcpcd
                    image: linuxkit/dhcpcd:x
                    net: host
                    capabilities: [CAP_NET_ADMIN, CAP_NET_BIND_SERVICE, CAP_NET_RAW, CAP_SYS_ADMIN]
                    ambient: [CAP_SYS_TIME]
                    readonly: true
                    binds:
                      - /dev:/dev
                      - /run/resolvconf/resolv.conf:/etc/resolv.conf:ro
                    tmpfs: ["/var/run:size=1m"]
                    runtime:
                      mkdir: [/run/resolvconf]
                """);

        Golden.compare("dhcpcd-config.json", text(tree, "containers/services/dhcpcd/config.json"));
        Golden.compare("dhcpcd-runtime.json", text(tree, "containers/services/dhcpcd/runtime.json"));
        Golden.compare("dhcpcd-prepare", text(tree, "containers/services/dhcpcd/prepare"));
    }

    @Test
    void writesTheConfigurationOfAPrivilegedService() throws IOException {
        Tree tree = bundle("""
                services:
                  - name: docker
                    image: docker:dind
                    net: host
                    pid: host
                    capabilities: [all]
                    command: [/usr/bin/dockerd, --iptables]
                    env: [A=1]
                    cwd: /srv
                    uid: 7
                    additionalGids: [docker]
                    noNewPrivileges: true
                    hostname: inner
                    uts: new
                    oomScoreAdj: -500
                    rootfsPropagation: shared
                    cgroupsPath: docker
                    sysctl: { net.ipv4.ip_forward: "1" }
                    annotations: { a: b }
                    rlimits: ["NOFILE,1024,unlimited"]
                    maskedPaths: [/proc/kcore]
                    readonlyPaths: [/proc/sys]
                    devices:
                      - { path: all, type: b }
                      - { path: /dev/console, type: c, major: 5, minor: 1, mode: "0666" }
                    resources:
                      memory: { limit: 1048576, disableOOMKiller: true }
                      blockio: { weight: 10 }
                      hugepageLimits: [{ pageSize: 2MB, limit: 5 }]
                    mounts:
                      - { type: cgroup, options: [rw] }
                """);

        Golden.compare("docker-config.json", text(tree, "containers/services/docker/config.json"));
    }

    @Test
    void givesContainerdTheAbsoluteRoot() throws IOException {
        Tree tree = bundle("services: [{ name: s, image: i }]");

        JsonNode config = json(tree, "containers/services/s/config.json");
        JsonNode forContainerd = json(tree, "containers/services/s/containerd.json");
        assertThat(config.at("/root/path").asText()).isEqualTo("rootfs");
        assertThat(forContainerd.at("/root/path").asText()).isEqualTo("/containers/services/s/rootfs");
        assertThat(forContainerd.get("process")).isEqualTo(config.get("process"));
    }

    @Test
    void numbersOnbootAndOnshutdownButNotServices() {
        List<String> directories = bundles("""
                        onboot: [{ name: a, image: i }, { name: a, image: i }]
                        onshutdown: [{ name: b, image: i }]
                        services: [{ name: c, image: i }]
                        """).stream().map(Bundle::directory).toList();

        assertThat(directories)
                .containsExactly(
                        "containers/layers/defaults",
                        "containers/layers/container",
                        "containers/onboot/000-a",
                        "containers/onboot/001-a",
                        "containers/onshutdown/000-b",
                        "containers/services/c");
    }

    @Test
    void writesTheNamespaceOnlyWhenTheDocumentSetsOne() throws IOException {
        Tree with = bundle("services: [{ name: s, image: i, runtime: { namespace: other } }]");
        Tree without = bundle("services: [{ name: s, image: i }]");

        assertThat(text(with, "containers/services/s/namespace")).isEqualTo("other\n");
        assertThat(without.get("containers/services/s/namespace")).isEmpty();
    }

    @Test
    void saysWhichContainerHasNothingToRun() {
        image = new ContainerImage(List.of(), List.of(), List.of(), "", "", Optional.empty(), List.of("aa"));

        assertThatThrownBy(() -> bundles("services:\n  - { name: s, image: i }"))
                .isInstanceOf(BuildException.class)
                .hasMessageStartingWith("test.yaml:2:5: service 's' has nothing to run");
    }

    @Test
    void honoursANumericUserOfTheImage() throws IOException {
        image = image("1000:50");

        JsonNode inherited = json(bundle("services: [{ name: s, image: i }]"), "containers/services/s/config.json");
        JsonNode own = json(bundle("services: [{ name: s, image: i, uid: 0 }]"), "containers/services/s/config.json");
        assertThat(inherited.at("/process/user").toString()).isEqualTo("{\"uid\":1000,\"gid\":50}");
        assertThat(own.at("/process/user").toString()).isEqualTo("{\"uid\":0,\"gid\":0}");
    }

    @Test
    void asksForANumberWhereTheImageDoesNotListItsUser() {
        image = image("nobody");

        assertThatThrownBy(() -> bundles("services: [{ name: s, image: i }]"))
                .hasMessageContaining("runs as 'nobody', whom its etc/passwd and etc/group do not list");
        assertThat(bundles("services: [{ name: s, image: i, uid: 65534 }]")).isNotEmpty();
    }

    @Test
    void numbersContainersAsUsersFromOneHundred() throws IOException {
        Tree tree = bundle("""
                onboot: [{ name: first, image: i }]
                services:
                  - { name: second, image: i }
                  - { name: third, image: i, uid: second, gid: first }
                """);

        assertThat(json(tree, "containers/services/third/config.json")
                        .at("/process/user")
                        .toString())
                .isEqualTo("{\"uid\":101,\"gid\":100}");
    }

    @Test
    void aNameThatStandsTwiceHasItsLaterNumber() throws IOException {
        Tree tree = bundle("""
                onboot: [{ name: a, image: i }, { name: b, image: i }]
                onshutdown: [{ name: a, image: i }]
                services:
                  - { name: s, image: i, uid: a, gid: b, additionalGids: [root, "", "1000", s] }
                """);

        assertThat(json(tree, "containers/services/s/config.json")
                        .at("/process/user")
                        .toString())
                .isEqualTo("{\"uid\":102,\"gid\":101,\"additionalGids\":[0,0,1000,103]}");
    }

    @Test
    void keepsIdMappingsInFull() throws IOException {
        JsonNode linux = json(bundle("""
                        services:
                          - name: s
                            image: i
                            userns: new
                            uidMappings: [{ hostID: 100000, containerID: 1, size: 65536 }]
                        """), "containers/services/s/config.json").get("linux");

        assertThat(linux.get("uidMappings").toString())
                .isEqualTo("[{\"containerID\":1,\"hostID\":100000,\"size\":65536}]");
        assertThat(linux.get("namespaces").toString()).contains("{\"type\":\"user\"}");
    }

    @Test
    void aMountReplacesABindOfItsPlaceThatReplacesATmpfsThatReplacesTheDefault() throws IOException {
        JsonNode config = json(bundle("""
                services:
                  - name: s
                    image: i
                    tmpfs: [/dev, /a, /b]
                    binds: ["/x:/a", "/x:/b"]
                    mounts: [{ type: bind, source: /y, destination: /b, options: [rbind] }]
                """), "containers/services/s/config.json");

        assertThat(config.get("mounts").findValuesAsText("destination"))
                .containsExactly("/a", "/b", "/dev", "/dev/pts", "/proc", "/sys", "/sys/fs/cgroup");
        assertThat(config.at("/mounts/0/source").asText()).isEqualTo("/x");
        assertThat(config.at("/mounts/1/source").asText()).isEqualTo("/y");
        assertThat(config.at("/mounts/2").has("options")).isFalse();
    }

    @Test
    void aReadOnlyContainerSharesTheTreeOfAWritableOne() throws IOException {
        Tree.Builder all = new Tree.Builder();
        Bundles.of(
                        OsieDocument.read(YamlReader.read(
                                "test.yaml",
                                "onboot: [{ name: a, image: i }]\nservices: [{ name: b, image: i, readonly: true }]")),
                        name -> image,
                        file -> Path.of(file.file()),
                        ImageLayout.FLAT,
                        MTIME)
                .forEach(bundle -> all.putAll(bundle.tree()));
        Tree tree = all.build(MTIME);

        assertThat(json(tree, "containers/onboot/000-a/runtime.json").toString())
                .contains("lowerdir=/containers/onboot/000-a/lower");
        assertThat(json(tree, "containers/services/b/runtime.json")
                        .at("/mounts")
                        .toString())
                .isEqualTo("[{\"destination\":\"/containers/services/b/rootfs\","
                        + "\"source\":\"/containers/onboot/000-a/lower\",\"options\":[\"bind\"]}]");
    }

    @Test
    void aCapabilityIsThereOnceAndAmbientOnesAreNotEffective() throws IOException {
        image = new ContainerImage(
                List.of("/x"),
                List.of(),
                List.of(),
                "",
                "",
                Optional.of("{\"capabilities\": [\"all\"], \"capabilities.add\": [\"CAP_KILL\"]}"),
                List.of("aa"));
        Tree tree = bundle("""
                services:
                  - { name: label, image: i, capabilities.add: [CAP_KILL] }
                  - { name: own, image: i, capabilities: [CAP_KILL, CAP_CHOWN, CAP_KILL], ambient: [CAP_SYS_TIME] }
                """);

        assertThat(json(tree, "containers/services/label/config.json").at("/process/capabilities/effective"))
                .hasSize(41);
        JsonNode own = json(tree, "containers/services/own/config.json").at("/process/capabilities");
        assertThat(own.get("effective").toString()).isEqualTo("[\"CAP_KILL\",\"CAP_CHOWN\"]");
        assertThat(own.get("bounding").toString()).isEqualTo("[\"CAP_CHOWN\",\"CAP_KILL\",\"CAP_SYS_TIME\"]");
        assertThat(own.get("ambient").toString()).isEqualTo("[\"CAP_SYS_TIME\"]");
    }

    @Test
    void suggestsTheContainerWhoseNameIsAlmostTheUser() {
        assertThatThrownBy(() -> bundles("services: [{ name: docker, image: i, uid: dokcer }]"))
                .hasMessageContaining("no container is called 'dokcer' — did you mean 'docker'?");
    }

    @Test
    void joinsTheLabelOfTheImage() throws IOException {
        String label = "{\"capabilities\": [\"CAP_CHOWN\"], \"net\": \"new\", \"binds\": [\"/a:/a\"],"
                + " \"runtime\": {\"mkdir\": [\"/l\"], \"cgroups\": [\"c\"]}}";
        image = new ContainerImage(List.of("/x"), List.of(), List.of(), "", "", Optional.of(label), List.of("aa"));
        Tree tree = bundle("""
                services:
                  - name: s
                    image: i
                    capabilities.add: [CAP_KILL]
                    binds: ["/b:/b"]
                    runtime: { mkdir: [/y] }
                """);

        JsonNode config = json(tree, "containers/services/s/config.json");
        assertThat(config.at("/process/capabilities/effective").toString()).isEqualTo("[\"CAP_CHOWN\",\"CAP_KILL\"]");
        assertThat(config.at("/linux/namespaces/0/type").asText()).isEqualTo("network");
        assertThat(config.findValuesAsText("destination")).contains("/b").doesNotContain("/a");
        JsonNode runtime = json(tree, "containers/services/s/runtime.json");
        assertThat(runtime.get("mkdir").toString()).isEqualTo("[\"/y\"]");
        assertThat(runtime.get("cgroups").toString()).isEqualTo("[\"c\"]");
    }

    @Test
    void pointsIntoTheLabelThatIsWrong() {
        image = new ContainerImage(
                List.of("/x"), List.of(), List.of(), "", "", Optional.of("{\"nett\": \"new\"}"), List.of("aa"));

        assertThatThrownBy(() -> bundles("services: [{ name: s, image: i }]"))
                .hasMessageContaining("label org.mobyproject.config of i:1:2: unknown key 'nett'");
    }

    @Test
    void looksForTheVolumesThatALabelBinds() {
        image = new ContainerImage(
                List.of("/x"), List.of(), List.of(), "", "", Optional.of("{\"binds\": [\"v:/v\"]}"), List.of("aa"));

        assertThatThrownBy(() -> bundles("services: [{ name: s, image: i }]"))
                .hasMessageContaining("label org.mobyproject.config of i:1:12: unknown volume 'v'");
        assertThat(bundles("volumes: [{ name: v }]\nservices: [{ name: s, image: i }]"))
                .isNotEmpty();
    }

    @Test
    void bindsVolumesWhereverTheyAreMounted() throws IOException {
        Tree tree = bundle("""
                volumes: [{ name: data }, { name: ro, image: i, readonly: true }]
                services:
                  - name: s
                    image: i
                    binds: ["data:/data", "ro:/ro:ro"]
                    mounts: [{ type: bind, source: data, destination: /again, options: [rbind] }]
                """);

        assertThat(json(tree, "containers/services/s/config.json").findValuesAsText("source"))
                .containsSubsequence(
                        "/containers/volumes/data/merged",
                        "/containers/volumes/data/merged",
                        "/containers/volumes/ro/merged");
        assertThat(text(tree, "containers/volumes/data/prepare"))
                .contains("-o lowerdir=/containers/volumes/data/lower,upperdir=/containers/volumes/data/tmp/upper");
        assertThat(text(tree, "containers/volumes/ro/prepare")).contains("-o ro,lowerdir=volume:bb:aa:defaults,");
    }

    @Test
    void aBlankVolumeIsEmpty() {
        Tree tree = bundle("volumes: [{ name: data }]");

        assertThat(tree.nodes().keySet().stream().filter(path -> path.startsWith("containers/volumes/data/")))
                .containsExactly(
                        "containers/volumes/data/lower",
                        "containers/volumes/data/merged",
                        "containers/volumes/data/prepare",
                        "containers/volumes/data/tmp");
    }

    @Test
    void attachesInterfacesAndNamespacesByAHookThatLinuxKitDoesNotSee() throws IOException {
        Tree tree = bundle("""
                onboot:
                  - name: net
                    image: i
                    net: new
                    runtime: &runtime
                      interfaces:
                        - { name: eth1 }
                        - { name: wg0, add: wireguard, createInRoot: true }
                        - { name: inner, peer: outer }
                        - { name: d0, add: dummy }
                      bindNS: { net: /run/netns/net, uts: "/run/it's" }
                services:
                  - { name: s, image: i, runtime: *runtime }
                  - { name: plain, image: i }
                """);

        assertThat(text(tree, "containers/onboot/000-net/attach")).isEqualTo("""
                #!/bin/sh
                set -e
                . /usr/lib/osie-build/attach.sh
                move_interface eth1
                add_interface_and_move wg0 wireguard
                add_veth inner outer
                add_interface d0 dummy
                bind_namespace net /run/netns/net
                bind_namespace uts '/run/it'\\''s'
                """);
        JsonNode runtime = json(tree, "containers/onboot/000-net/runtime.json");
        assertThat(runtime.get("interfaces").toString())
                .isEqualTo("[{\"name\":\"eth1\",\"createInRoot\":false},"
                        + "{\"name\":\"wg0\",\"add\":\"wireguard\",\"createInRoot\":true},"
                        + "{\"name\":\"inner\",\"add\":\"veth\",\"peer\":\"outer\",\"createInRoot\":false},"
                        + "{\"name\":\"d0\",\"add\":\"dummy\",\"createInRoot\":false}]");
        assertThat(runtime.at("/bindNS/net").asText()).isEqualTo("/run/netns/net");
        assertThat(runtime.at("/bindNS/pid").asText()).isEmpty();
        String hook = "/hooks/createRuntime/0/path";
        assertThat(json(tree, "containers/onboot/000-net/config.json").has("hooks"))
                .isFalse();
        assertThat(json(tree, "containers/onboot/000-net/hooked.json").at(hook).asText())
                .isEqualTo("/containers/onboot/000-net/attach");
        assertThat(json(tree, "containers/services/s/containerd.json").at(hook).asText())
                .isEqualTo("/containers/services/s/attach");
        assertThat(tree.get("containers/services/plain/attach")).isEmpty();
        assertThat(json(tree, "containers/services/plain/containerd.json").has("hooks"))
                .isFalse();
    }

    @Test
    void refusesMoreLayersThanOneMountTakes() {
        List<String> layers = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            layers.add(String.format("%016x", i));
        }
        image = new ContainerImage(List.of("/x"), List.of(), List.of(), "", "", Optional.empty(), layers);

        assertThatThrownBy(() -> bundles("services: [{ name: s, image: i }]"))
                .hasMessageContaining("an image of 300 layers");
    }

    @Test
    void refusesAHostnameOfAContainerThatSharesTheHosts() {
        assertThatThrownBy(() -> bundles("services:\n- name: s\n  image: i\n  hostname: x"))
                .hasMessageContaining("'hostname' of service 's' needs a namespace of its own: uts: new");
    }

    @Test
    void preparesMountsAsBusyboxUnderstandsThem() throws IOException {
        Tree tree = bundle("""
                onboot:
                  - name: m
                    image: i
                    runtime:
                      cgroups: [systemreserved]
                      mkdir: [/var/lib/x, inside]
                      mounts:
                        - { type: tmpfs, source: tmpfs, destination: /it's, options: [nosuid, size=1m] }
                        - { source: /var/run, destination: /run2, options: [rbind, rshared] }
                        - { source: /etc, destination: etc2, options: [bind, ro] }
                        - { destination: /x, options: [rshared] }
                """);

        assertThat(text(tree, "containers/onboot/000-m/prepare")).endsWith("""
                        mkdir -p '/it'\\''s'
                        mount -t tmpfs -o nosuid,size=1m tmpfs '/it'\\''s'
                        if [ -d /var/run ]; then mkdir -p /run2; else mkdir -p / && : >>/run2; fi
                        mount -o rbind /var/run /run2
                        mount --make-rshared /run2
                        if [ -d /etc ]; then mkdir -p /containers/onboot/000-m/rootfs/etc2; \
                        else mkdir -p /containers/onboot/000-m/rootfs && : >>/containers/onboot/000-m/rootfs/etc2; fi
                        mount -o bind /etc /containers/onboot/000-m/rootfs/etc2
                        mount -o remount,bind,ro /etc /containers/onboot/000-m/rootfs/etc2
                        mkdir -p /x
                        mount --make-rshared /x
                        mkdir -p /var/lib/x
                        mkdir -p /containers/onboot/000-m/rootfs/inside
                        mkdir -p /sys/fs/cgroup/systemreserved
                        """);
    }

    private static ContainerImage image(String user) {
        return new ContainerImage(
                List.of("/entry"),
                List.of("cmd"),
                List.of("PATH=/bin"),
                "/work",
                user,
                Optional.empty(),
                List.of("aa", "bb"));
    }

    private Tree bundle(String yaml) {
        Tree.Builder all = new Tree.Builder();
        bundles(yaml).forEach(bundle -> all.putAll(bundle.tree()));
        return all.build(MTIME);
    }

    private List<Bundle> bundles(String yaml) {
        return Bundles.of(
                OsieDocument.read(YamlReader.read("test.yaml", yaml)),
                name -> image,
                file -> Path.of(file.file()),
                ImageLayout.SHARED,
                MTIME);
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
