package dev.osie.build.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.assemble.Assembler;
import dev.osie.build.assemble.BuildRequest;
import dev.osie.build.assemble.Osie;
import dev.osie.build.assemble.Project;
import dev.osie.build.assemble.StoredImages;
import dev.osie.build.assemble.StoredImages.Layer;
import dev.osie.build.compose.CompositionRequest;
import dev.osie.build.initramfs.Compression;
import dev.osie.build.initramfs.Entry;
import dev.osie.build.oci.registry.RegistrySettings;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.runtime.ImageLayout;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A document without anything of our own, in LinuxKit's layout, becomes the archive that LinuxKit makes of it. The expected texts are
 * written by hand after what linuxkit build of March 2026 does; docs/linuxkit-differences.md has what differs on purpose.
 */
class LinuxKitTarTest {
    private static final String DOCUMENT = """
            kernel:
              image: registry.example/kernel:1
              cmdline: console=ttyS0
            init:
              - registry.example/init:1
              - registry.example/more:1
            volumes:
              - name: blank
              - { name: data, image: registry.example/app:1, readonly: true }
              - { name: images, image: registry.example/app:1, format: oci, platforms: [linux/amd64] }
            onboot:
              - { name: first, image: registry.example/app:1, readonly: true }
              - { name: second, image: registry.example/app:1, uid: web, gid: first }
            onshutdown:
              - { name: last, image: registry.example/other:1 }
            services:
              - name: web
                image: registry.example/app:1
                readonly: true
                binds: ["blank:/blank", "data:/data:ro"]
            files:
              - { path: etc/conf.d/web, contents: hello, mode: "0640", uid: web, gid: web }
              - { path: etc/motd, contents: "welcome\\n" }
              - { path: etc/issue, symlink: motd }
              - { path: srv/web, directory: true, mode: "0750", uid: web }
            """;

    /** Type and mode, owner, path; what makes the difference behind it. */
    private static final String LISTING = """
            d755 0:0 boot
            f644 0:0 boot/cmdline
            f644 0:0 boot/kernel
            d755 0:0 lib
            d755 0:0 lib/modules
            f644 0:0 lib/modules/m.ko
            d755 0:0 bin
            f755 0:0 bin/init
            d755 0:0 dev
            d755 0:0 dev/pts
            d755 0:0 dev/shm
            d755 0:0 etc
            d755 0:0 lib/apk
            d755 0:0 lib/apk/db
            d755 0:0 proc
            d755 0:0 sys
            f755 0:0 bin/more
            f644 0:0 etc/hosts
            l755 0:0 etc/mtab -> /proc/mounts
            l644 0:0 etc/resolv.conf -> /run/resolvconf/resolv.conf
            f644 0:0 lib/apk/db/installed
            d755 0:0 containers
            d755 0:0 containers/volumes
            d755 0:0 containers/volumes/blank
            d755 0:0 containers/volumes/blank/lower
            d755 0:0 containers/volumes/blank/merged
            f755 0:0 containers/volumes/blank/prepare
            d755 0:0 containers/volumes/blank/tmp
            d755 0:0 containers/volumes/data
            d755 0:0 containers/volumes/data/lower
            d755 0:0 containers/volumes/data/lower/bin
            f4755 0:0 containers/volumes/data/lower/bin/app
            h4755 0:0 containers/volumes/data/lower/bin/app2 -> containers/volumes/data/lower/bin/app
            d755 0:0 containers/volumes/data/lower/dev
            d755 0:0 containers/volumes/data/lower/dev/pts
            d755 0:0 containers/volumes/data/lower/dev/shm
            d755 0:0 containers/volumes/data/lower/etc
            f644 0:0 containers/volumes/data/lower/etc/hosts
            l777 0:0 containers/volumes/data/lower/etc/mtab -> ../proc/self/mounts
            l644 0:0 containers/volumes/data/lower/etc/resolv.conf -> /run/resolvconf/resolv.conf
            d755 0:0 containers/volumes/data/lower/proc
            d755 0:0 containers/volumes/data/lower/sys
            d1777 0:0 containers/volumes/data/lower/tmp
            d755 0:0 containers/volumes/data/merged
            f755 0:0 containers/volumes/data/prepare
            d755 0:0 containers/volumes/data/tmp
            d755 0:0 containers/volumes/images
            d755 0:0 containers/volumes/images/lower
            d755 0:0 containers/volumes/images/lower/blobs
            d755 0:0 containers/volumes/images/lower/blobs/sha256
            f644 0:0 containers/volumes/images/lower/blobs/sha256/BLOB
            f644 0:0 containers/volumes/images/lower/blobs/sha256/BLOB
            f644 0:0 containers/volumes/images/lower/blobs/sha256/BLOB
            f644 0:0 containers/volumes/images/lower/blobs/sha256/BLOB
            f644 0:0 containers/volumes/images/lower/blobs/sha256/BLOB
            f644 0:0 containers/volumes/images/lower/index.json
            f644 0:0 containers/volumes/images/lower/oci-layout
            d755 0:0 containers/volumes/images/merged
            f755 0:0 containers/volumes/images/prepare
            d755 0:0 containers/volumes/images/tmp
            d755 0:0 containers/onboot
            d755 0:0 containers/onboot/000-first
            d755 0:0 containers/onboot/000-first/rootfs
            d755 0:0 containers/onboot/000-first/rootfs/bin
            f4755 0:0 containers/onboot/000-first/rootfs/bin/app
            h4755 0:0 containers/onboot/000-first/rootfs/bin/app2 -> containers/onboot/000-first/rootfs/bin/app
            d755 0:0 containers/onboot/000-first/rootfs/dev
            d755 0:0 containers/onboot/000-first/rootfs/dev/pts
            d755 0:0 containers/onboot/000-first/rootfs/dev/shm
            d755 0:0 containers/onboot/000-first/rootfs/etc
            f644 0:0 containers/onboot/000-first/rootfs/etc/hosts
            l777 0:0 containers/onboot/000-first/rootfs/etc/mtab -> ../proc/self/mounts
            f644 0:0 containers/onboot/000-first/rootfs/etc/resolv.conf
            d755 0:0 containers/onboot/000-first/rootfs/proc
            d755 0:0 containers/onboot/000-first/rootfs/sys
            d1777 0:0 containers/onboot/000-first/rootfs/tmp
            f644 0:0 containers/onboot/000-first/config.json
            f755 0:0 containers/onboot/000-first/prepare
            f644 0:0 containers/onboot/000-first/runtime.json
            d755 0:0 containers/onboot/001-second
            f644 0:0 containers/onboot/001-second/config.json
            f755 0:0 containers/onboot/001-second/prepare
            d755 0:0 containers/onboot/001-second/rootfs
            f644 0:0 containers/onboot/001-second/runtime.json
            d755 0:0 containers/onboot/001-second/tmp
            d755 0:0 containers/onshutdown
            d755 0:0 containers/onshutdown/000-last
            d755 0:0 containers/onshutdown/000-last/lower
            d755 0:0 containers/onshutdown/000-last/lower/bin
            f755 0:0 containers/onshutdown/000-last/lower/bin/app
            f755 0:0 containers/onshutdown/000-last/lower/bin/ping
            d755 0:0 containers/onshutdown/000-last/lower/dev
            d755 0:0 containers/onshutdown/000-last/lower/dev/pts
            d755 0:0 containers/onshutdown/000-last/lower/dev/shm
            d755 0:0 containers/onshutdown/000-last/lower/etc
            f644 0:0 containers/onshutdown/000-last/lower/etc/hosts
            l755 0:0 containers/onshutdown/000-last/lower/etc/mtab -> /proc/mounts
            f644 0:0 containers/onshutdown/000-last/lower/etc/resolv.conf
            d755 0:0 containers/onshutdown/000-last/lower/proc
            d755 0:0 containers/onshutdown/000-last/lower/sys
            f644 0:0 containers/onshutdown/000-last/config.json
            f755 0:0 containers/onshutdown/000-last/prepare
            d755 0:0 containers/onshutdown/000-last/rootfs
            f644 0:0 containers/onshutdown/000-last/runtime.json
            d755 0:0 containers/onshutdown/000-last/tmp
            d755 0:0 containers/services
            d755 0:0 containers/services/web
            f644 0:0 containers/services/web/config.json
            f644 0:0 containers/services/web/containerd.json
            f755 0:0 containers/services/web/prepare
            d755 0:0 containers/services/web/rootfs
            f644 0:0 containers/services/web/runtime.json
            d750 103:103 etc/conf.d
            f640 103:103 etc/conf.d/web
            l777 0:0 etc/issue -> motd
            f600 0:0 etc/motd
            d750 103:0 srv
            d750 103:0 srv/web
            """;

    private static final String SECOND_RUNTIME = """
            {
                "cgroups": [],
                "mounts": [
                    {
                        "destination": "/containers/onboot/001-second/tmp",
                        "type": "tmpfs",
                        "source": "tmpfs"
                    },
                    {
                        "destination": "/containers/onboot/001-second/tmp",
                        "options": [
                            "remount",
                            "private"
                        ]
                    },
                    {
                        "destination": "/containers/onboot/001-second/rootfs",
                        "type": "overlay",
                        "source": "overlay",
                        "options": [
                            "lowerdir=/containers/onboot/000-first/rootfs",
                            "upperdir=/containers/onboot/001-second/tmp/upper",
                            "workdir=/containers/onboot/001-second/tmp/work"
                        ]
                    }
                ],
                "mkdir": [],
                "interfaces": [],
                "bindNS": {
                    "cgroup": "",
                    "ipc": "",
                    "mnt": "",
                    "net": "",
                    "pid": "",
                    "user": "",
                    "uts": ""
                },
                "namespace": ""
            }""";

    private static final String WEB_CONFIG = """
            {
                "ociVersion": "1.2.1",
                "process": {
                    "user": {
                        "uid": 0,
                        "gid": 0
                    },
                    "args": [
                        "/bin/app"
                    ],
                    "env": [
                        "PATH=/bin"
                    ],
                    "cwd": "/",
                    "capabilities": {}
                },
                "root": {
                    "path": "rootfs",
                    "readonly": true
                },
                "mounts": [
                    {
                        "destination": "/blank",
                        "type": "bind",
                        "source": "/containers/volumes/blank/merged",
                        "options": [
                            "rw",
                            "rbind",
                            "rshared"
                        ]
                    },
                    {
                        "destination": "/data",
                        "type": "bind",
                        "source": "/containers/volumes/data/merged",
                        "options": [
                            "ro",
                            "rbind"
                        ]
                    },
                    {
                        "destination": "/dev",
                        "type": "tmpfs",
                        "source": "tmpfs",
                        "options": [
                            "nosuid",
                            "strictatime",
                            "mode=755",
                            "size=65536k",
                            "ro"
                        ]
                    },
                    {
                        "destination": "/dev/pts",
                        "type": "devpts",
                        "source": "devpts",
                        "options": [
                            "nosuid",
                            "noexec",
                            "newinstance",
                            "ptmxmode=0666",
                            "mode=0620"
                        ]
                    },
                    {
                        "destination": "/proc",
                        "type": "proc",
                        "source": "proc",
                        "options": [
                            "nosuid",
                            "nodev",
                            "noexec",
                            "relatime"
                        ]
                    },
                    {
                        "destination": "/sys",
                        "type": "sysfs",
                        "source": "sysfs",
                        "options": [
                            "nosuid",
                            "noexec",
                            "nodev",
                            "ro"
                        ]
                    },
                    {
                        "destination": "/sys/fs/cgroup",
                        "type": "cgroup",
                        "source": "cgroup",
                        "options": [
                            "nosuid",
                            "noexec",
                            "nodev",
                            "relatime",
                            "ro"
                        ]
                    }
                ],
                "linux": {
                    "resources": {},
                    "namespaces": [
                        {
                            "type": "pid"
                        },
                        {
                            "type": "mount"
                        }
                    ]
                }
            }""";

    private static final Pattern DIGEST = Pattern.compile("\"digest\":\"sha256:([0-9a-f]{64})\"");

    @TempDir
    private Path directory;

    private Store store;

    @BeforeEach
    void putImages() {
        store = Store.open(directory.resolve("store"));
        putImages(store);
    }

    private static void putImages(Store store) {
        StoredImages images = new StoredImages(store);
        byte[] modules = new Layer()
                .directory("lib", 0755)
                .directory("lib/modules", 0755)
                .file("lib/modules/m.ko", 0644, "module")
                .toBytes();
        images.put(
                "registry.example/kernel:1",
                new Layer().file("kernel", 0644, "the kernel").file("kernel.tar", 0644, modules));
        images.put(
                "registry.example/init:1",
                new Layer()
                        .directory("bin", 0755)
                        .file("bin/init", 0755, "init")
                        .directory("proc", 0555)
                        .file("etc/hostname", 0644, "builder")
                        .file("lib/apk/db/installed", 0644, "P:init\n"));
        images.put(
                "registry.example/more:1",
                new Layer().file("bin/more", 0755, "more").file("lib/apk/db/installed", 0644, "P:more\n"));
        images.put(
                "registry.example/app:1",
                new Layer()
                        .directory("bin", 0755)
                        .file("bin/app", 04755, "the application")
                        .link("bin/app2", "bin/app")
                        .file("bin/old", 0755, "removed by the next layer")
                        .directory("etc", 0700)
                        .symlink("etc/mtab", "../proc/self/mounts")
                        .symlink("etc/resolv.conf", "../run/systemd/resolve/stub-resolv.conf")
                        .symlink("etc/hosts", "/run/hosts")
                        .file(".dockerenv", 0755, "")
                        .file("dev/console", 0600, ""),
                new Layer().file("bin/.wh.old", 0644, "").directory("tmp", 01777));
        TarArchiveEntry ping = Layer.entry("bin/ping", TarConstants.LF_NORMAL, 0755);
        ping.addPaxHeader("SCHILY.xattr.security.capability", "caps");
        images.put(
                "registry.example/other:1",
                new Layer().file("bin/app", 0755, "another").add(ping, new byte[0]));
    }

    @Test
    void hasLinuxKitsEntries() throws IOException {
        assertThat(listing(tar(ImageLayout.FLAT))).isEqualTo(LISTING);
    }

    @Test
    void hasLinuxKitsConfigurationToTheByte() throws IOException {
        Map<String, String> files = texts(tar(ImageLayout.FLAT));

        assertThat(files.get("containers/services/web/config.json")).isEqualTo(WEB_CONFIG);
        assertThat(files.get("containers/onboot/001-second/runtime.json")).isEqualTo(SECOND_RUNTIME);
        assertThat(files.get("containers/services/web/runtime.json")).contains("""
                    "mounts": [
                        {
                            "destination": "/containers/services/web/rootfs",
                            "source": "/containers/onboot/000-first/rootfs",
                            "options": [
                                "bind"
                            ]
                        }
                    ],
                """);
        assertThat(files.get("containers/onboot/000-first/runtime.json"))
                .contains("\"source\": \"/containers/onboot/000-first/rootfs\"");
        assertThat(files.get("containers/onboot/001-second/config.json")).contains("\"uid\": 103", "\"gid\": 100");
    }

    @Test
    void hasLinuxKitsTexts() throws IOException {
        Map<String, String> files = texts(tar(ImageLayout.FLAT));

        assertThat(files.get("boot/cmdline")).isEqualTo("console=ttyS0");
        assertThat(files.get("boot/kernel")).isEqualTo("the kernel");
        assertThat(files.get("lib/apk/db/installed")).isEqualTo("P:init\n\n\nP:more\n\n\n");
        assertThat(files.get("etc/hosts")).hasSize(160).startsWith("127.0.0.1       localhost\n");
        assertThat(files.get("containers/onboot/000-first/rootfs/etc/resolv.conf"))
                .isEqualTo("\n# no resolv.conf configured\n");
    }

    @Test
    void saysOfEachEntryWhichSectionAskedForIt() throws IOException {
        Map<String, String> locations = new TreeMap<>();
        for (TarArchiveEntry entry : entries(tar(ImageLayout.FLAT))) {
            locations.put(
                    name(entry),
                    entry.getExtraPaxHeader("LINUXKIT.location") + " "
                            + entry.getExtraPaxHeader("LINUXKIT.source")
                                    .replaceAll("@sha256:[0-9a-f]{64}$", "@DIGEST"));
        }

        assertThat(locations)
                .containsEntry("boot/kernel", "kernel registry.example/kernel@DIGEST")
                .containsEntry("lib/modules/m.ko", "kernel registry.example/kernel@DIGEST")
                .containsEntry("bin/more", "init[1] registry.example/more@DIGEST")
                .containsEntry("lib/apk/db/installed", "init LINUXKIT.apkinit")
                .containsEntry("containers/volumes/blank/tmp", "volume[0] linuxkit.volumes")
                .containsEntry("containers/volumes/data/lower/bin/app", "volume[1] registry.example/app@DIGEST")
                .containsEntry("containers/onboot/000-first/rootfs/bin/app", "onboot[0] registry.example/app@DIGEST")
                .containsEntry("containers/onboot/001-second/config.json", "onboot[1] registry.example/app@DIGEST")
                .containsEntry(
                        "containers/onshutdown/000-last/lower/bin/app", "onshutdown[0] registry.example/other@DIGEST")
                .containsEntry("containers/services/web/config.json", "services[0] registry.example/app@DIGEST")
                .containsEntry("etc/conf.d", "files[0] linuxkit.files")
                .containsEntry("srv/web", "files[3] linuxkit.files");
    }

    @Test
    void theIndexOfAnOciVolumeNamesNothingThatIsNotThere() throws IOException {
        Map<String, String> files = texts(tar(ImageLayout.FLAT));
        String lower = "containers/volumes/images/lower/";

        assertThat(files.get(lower + "oci-layout")).isEqualTo("{\"imageLayoutVersion\":\"1.0.0\"}");
        assertThat(files.get(lower + "index.json"))
                .contains("\"org.opencontainers.image.ref.name\":\"registry.example/app@sha256:");
        files.forEach((path, text) -> {
            if (path.startsWith(lower) && text.startsWith("{")) {
                Matcher digests = DIGEST.matcher(text);
                while (digests.find()) {
                    assertThat(files).containsKey(lower + "blobs/sha256/" + digests.group(1));
                }
            }
        });
    }

    @Test
    void aSecondStoreGivesTheSameBytes() throws IOException {
        byte[] first = Files.readAllBytes(tar(ImageLayout.FLAT));
        byte[] shared = Files.readAllBytes(tar(ImageLayout.SHARED));
        store = Store.open(directory.resolve("another"));
        putImages(store);

        assertThat(tar(ImageLayout.FLAT)).hasBinaryContent(first);
        assertThat(tar(ImageLayout.SHARED)).hasBinaryContent(shared);
    }

    @Test
    void theInitramfsHasTheSameFilesAsTheArchive() throws IOException {
        for (ImageLayout layout : ImageLayout.values()) {
            Map<String, String> packed = new TreeMap<>();
            Osie osie = new Assembler(store, Progress.SILENT).assemble(request(layout));
            osie.initramfs()
                    .segments()
                    .forEach(segment ->
                            segment.entries(store).forEach(entry -> packed.put(entry.path(), describe(entry))));
            packed.remove("");
            Map<String, String> archived = new TreeMap<>();
            for (TarArchiveEntry entry : entries(tar(layout))) {
                if (!entry.getName().startsWith("boot")) {
                    archived.put(
                            name(entry),
                            Integer.toOctalString(entry.getMode() & 07777) + " " + entry.getLongUserId() + ":"
                                    + entry.getLongGroupId());
                }
            }
            assertThat(archived).isEqualTo(packed);
        }
    }

    @Test
    void keepsExtendedAttributesThatAreText() throws IOException {
        assertThat(entries(tar(ImageLayout.FLAT)).stream()
                        .filter(entry -> entry.getName().equals("containers/onshutdown/000-last/lower/bin/ping")))
                .singleElement()
                .extracting(entry -> entry.getExtraPaxHeader("SCHILY.xattr.security.capability"))
                .isEqualTo("caps");
    }

    @Test
    void theFolderListsTheArchiveAmongTheChecksums() throws IOException {
        Path folder = directory.resolve("both");
        Osie osie = new Assembler(store, Progress.SILENT).assemble(request(ImageLayout.SHARED));

        assertThat(new OutputFolder(store, EnumSet.allOf(Format.class), Progress.SILENT).write(osie, folder))
                .isTrue();
        assertThat(new OutputFolder(store, EnumSet.allOf(Format.class), Progress.SILENT).write(osie, folder))
                .isFalse();
        assertThat(folder.resolve("checksum.txt"))
                .content()
                .contains("  document-x86_64.tar\n", "  vmlinuz-x86_64\n", "  initramfs-x86_64\n");
    }

    @Test
    void anArchiveNeedsNoKernel() throws IOException {
        Path document = Files.writeString(
                directory.resolve("document.yaml"),
                "init: [\"registry.example/more:1\"]\nkernel: { cmdline: unused }\nfiles: [{ path: a, contents: b }]\n");
        Path folder = directory.resolve("without");
        Osie osie = new Assembler(store, Progress.SILENT).layOut(request(document, ImageLayout.FLAT));
        OutputFolder output = new OutputFolder(store, EnumSet.of(Format.TAR), Progress.SILENT);

        assertThat(output.write(osie, folder)).isTrue();
        assertThat(output.write(osie, folder)).isFalse();
        assertThat(entries(folder.resolve("document-x86_64.tar")))
                .extracting(LinuxKitTarTest::name)
                .contains("a", "bin/more")
                .noneMatch(name -> name.startsWith("boot"));
    }

    private static String describe(Entry entry) {
        return Integer.toOctalString(entry.attributes().mode()) + " "
                + entry.attributes().uid() + ":" + entry.attributes().gid();
    }

    private Path tar(ImageLayout layout) throws IOException {
        Path folder = directory.resolve("out-" + layout);
        Osie osie = new Assembler(store, Progress.SILENT).layOut(request(layout));
        new OutputFolder(store, EnumSet.of(Format.TAR), Progress.SILENT).write(osie, folder);
        return folder.resolve("document-x86_64.tar");
    }

    private BuildRequest request(ImageLayout layout) throws IOException {
        return request(Files.writeString(directory.resolve("document.yaml"), DOCUMENT), layout);
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

    private static List<TarArchiveEntry> entries(Path tar) throws IOException {
        List<TarArchiveEntry> entries = new ArrayList<>();
        try (TarArchiveInputStream in = new TarArchiveInputStream(Files.newInputStream(tar))) {
            for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                entries.add(entry);
            }
        }
        return entries;
    }

    private static Map<String, String> texts(Path tar) throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        try (TarArchiveInputStream in = new TarArchiveInputStream(Files.newInputStream(tar))) {
            for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (entry.isFile() && !entry.isLink()) {
                    texts.put(entry.getName(), new String(in.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        }
        return texts;
    }

    private static String listing(Path tar) throws IOException {
        StringBuilder text = new StringBuilder();
        for (TarArchiveEntry entry : entries(tar)) {
            text.append(type(entry)).append(Integer.toOctalString(entry.getMode() & 07777));
            text.append(' ').append(entry.getLongUserId()).append(':').append(entry.getLongGroupId());
            text.append(' ').append(name(entry).replaceAll("/[0-9a-f]{64}$", "/BLOB"));
            if (!entry.getLinkName().isEmpty()) {
                text.append(" -> ").append(entry.getLinkName());
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static String name(TarArchiveEntry entry) {
        return entry.getName().replaceAll("/$", "");
    }

    private static char type(TarArchiveEntry entry) {
        return entry.isDirectory() ? 'd' : entry.isSymbolicLink() ? 'l' : entry.isLink() ? 'h' : 'f';
    }
}
