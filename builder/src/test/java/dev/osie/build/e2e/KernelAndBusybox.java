package dev.osie.build.e2e;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.DebReader;
import dev.osie.build.debian.Downloader;
import dev.osie.build.debian.Keyring;
import dev.osie.build.debian.Mirror;
import dev.osie.build.debian.Mirrors;
import dev.osie.build.debian.PackageFetcher;
import dev.osie.build.debian.Suite;
import dev.osie.build.debian.SuiteReader;
import dev.osie.build.lock.Lock;
import dev.osie.build.lock.LockRequest;
import dev.osie.build.lock.Locker;
import dev.osie.build.lock.PackageSet;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Scratch;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Debian's kernel and its static busybox: enough to see what a kernel makes of an initramfs. They come from the mirror this host is set
 * up with, and stay in {@code target} until {@code make clean}.
 *
 * @param kernel for {@code -kernel}
 * @param busybox a program that needs no library
 */
record KernelAndBusybox(Path kernel, Path busybox) {
    static KernelAndBusybox fetch() throws IOException {
        Path directory = Project.checkout().directory().resolve("builder/target/kernel-and-busybox");
        KernelAndBusybox files = new KernelAndBusybox(directory.resolve("vmlinuz"), directory.resolve("busybox"));
        if (!Files.exists(files.busybox)) {
            Files.createDirectories(directory);
            fetch(Store.open(directory.resolve("store")), files);
        }
        return files;
    }

    private static void fetch(Store store, KernelAndBusybox files) throws IOException {
        Mirrors mirrors = Mirrors.ofHost();
        Mirror mirror = mirrors.find(Optional.empty(), Optional.empty());
        Downloader downloader = Downloader.create(System.getenv());
        Clock clock = Clock.systemUTC();
        SuiteReader reader = new SuiteReader(mirror, Keyring.debian(clock), downloader, store, clock);
        PackageSet set = PackageSet.closed(
                "test",
                List.of("linux-image-cloud-amd64", "busybox-static"),
                List.of("kmod", "linux-base", "initramfs-tools"));
        Lock lock = new Locker(reader, Suite.DEFAULT, binary -> new byte[0], Progress.SILENT)
                .resolve(List.of(new LockRequest(Architecture.X86_64, List.of(set))));
        List<BinaryPackage> packages = lock.packagesOf(Architecture.X86_64, "test");
        new PackageFetcher(
                        mirror,
                        mirrors.fallback(Optional.empty()),
                        downloader,
                        store,
                        Progress.SILENT,
                        "osie-build lock")
                .fetch(packages);
        extract(store, packages, "boot/vmlinuz-", files.kernel);
        extract(store, packages, "usr/bin/busybox", files.busybox);
    }

    private static void extract(Store store, List<BinaryPackage> packages, String path, Path to) throws IOException {
        for (BinaryPackage binary : packages) {
            try (Scratch scratch = store.scratch()) {
                Tree tree = DebReader.read(store, binary, scratch);
                for (Map.Entry<String, Node> node : tree.nodes().entrySet()) {
                    if (node.getKey().startsWith(path) && node.getValue() instanceof Node.RegularFile file) {
                        try (InputStream in = file.content().open()) {
                            Files.copy(in, to, StandardCopyOption.REPLACE_EXISTING);
                        }
                        return;
                    }
                }
            }
        }
        throw new AssertionError("No package has " + path + ": " + packages);
    }
}
