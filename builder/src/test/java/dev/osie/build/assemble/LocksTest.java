package dev.osie.build.assemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.compose.CompositionRequest;
import dev.osie.build.debian.Archive;
import dev.osie.build.debian.TestArchive;
import dev.osie.build.failure.BuildException;
import dev.osie.build.failure.BuildException.Kind;
import dev.osie.build.initramfs.Compression;
import dev.osie.build.initramfs.Initramfs;
import dev.osie.build.lock.Drift;
import dev.osie.build.lock.Lock;
import dev.osie.build.lock.LockFile;
import dev.osie.build.lock.LockedImage;
import dev.osie.build.lock.Selection;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.registry.RegistrySettings;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.runtime.ImageLayout;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a lock promises, flavors that share one, and how it moves on. */
@Timeout(120)
class LocksTest {
    @TempDir
    private Path directory;

    private LockProject project;
    private Store store;

    @BeforeEach
    void makeProject() {
        project = new LockProject(directory.resolve("project"));
        store = Store.open(directory.resolve("store"));
    }

    @AfterEach
    void stop() {
        project.close();
    }

    @Test
    void flavorsShareALock() {
        update(Selection.NOTHING, "mini");
        Initramfs before = build("mini");

        Locks.Outcome outcome = update(Selection.NOTHING, "more");

        assertThat(outcome.difference().changes())
                .extracting(change -> change.kind() + " " + change.name())
                .containsExactly("SET ssh", "PACKAGE ssh");
        assertThat(build("mini")).isEqualTo(before);
        build("more");
        assertThat(drift("mini", "more")).isEmpty();
        assertThat(drift("mini")).containsExactly("ssh (x86_64): nobody asks for its packages");
        assertThat(locks("mini").update(Selection.NOTHING, true).lock().packages())
                .extracting(binary -> binary.name())
                .doesNotContain("ssh");
    }

    @Test
    void whatIsLockedStaysWhenSomethingIsAdded() {
        build("mini");
        project.supersede("shared 1.0", LockProject.shared("1.1"));

        Lock lock = update(Selection.NOTHING, "more").lock();

        assertThat(versions(lock)).contains("shared 1.0", "ssh 9.0");
    }

    @Test
    void aNamedPackageMovesAndTheOthersStayThoughTheMirrorForgotThem() throws Exception {
        build("mini");
        project.supersede("shared 1.0", LockProject.shared("1.1"));
        project.supersede("tool 2.0", LockProject.tool("2.1"));
        store = Store.open(directory.resolve("empty"));

        Locks.Outcome outcome = update(Selection.of(lock(), List.of("tool")), "mini");

        assertThat(versions(outcome.lock())).contains("shared 1.0", "tool 2.1");
        assertThat(outcome.forced()).isEmpty();
        build("mini");
        assertThat(project.snapshots().requests()).anyMatch(path -> path.startsWith("/file/"));
    }

    @Test
    void aPackageThatNobodyHasAnyMoreNamesTheCommandThatMovesIt() {
        build("mini");
        project.supersede("tool 2.0", LockProject.tool("2.1"));
        project.snapshots().close();
        store = Store.open(directory.resolve("empty"));

        assertFails(
                () -> build("mini"),
                Kind.UNAVAILABLE,
                "Tried to get tool 2.0 (amd64)",
                "osie-build lock mini --update tool");
        update(Selection.of(lock(), List.of("tool")), "mini");
        build("mini");
    }

    @Test
    void aBuildForAnArchitectureThatTheLockLacksSaysWhatToRun() {
        build("mini");

        assertFails(
                () -> assemble("mini", Architecture.AARCH64),
                Kind.BAD_INPUT,
                "has nothing for aarch64, only for x86_64.",
                "osie-build lock mini --arch aarch64");
    }

    @Test
    void bothArchitecturesAreLockedAndStayTogether() {
        project.addAll("arm64");
        project.publish();
        Locks all = new Locks(store, Progress.SILENT, requests("mini"), List.of(Architecture.values()));
        all.update(Selection.NOTHING, false);

        assertThat(lock().packagesOf(Architecture.AARCH64, "tool")).hasSize(2);
        assertThat(drift("mini")).as("of both architectures").isEmpty();
        project.supersede("shared 1.0", LockProject.shared("1.1"));
        project.mirror().add(Archive.DEBIAN, LockProject.shared("1.1").field("Architecture", "arm64"));
        project.publish();
        Locks.Outcome outcome = update(Selection.of(lock(), List.of("shared")), "mini");

        assertThat(outcome.difference().changes()).anySatisfy(change -> {
            assertThat(change.name()).isEqualTo("shared");
            assertThat(change.architectures()).as("the same for all").isEmpty();
        });
    }

    @Test
    void anEditedRecipeWantsTheLockOfItsFlavor() {
        build("mini");
        project.write("images/tool/image.yaml", "description: a tool\npackages: [tool, ssh]\n");

        assertFails(
                () -> build("mini"),
                Kind.BAD_INPUT,
                "tool (x86_64): its packages are now with ssh",
                "osie-build lock mini");
        assertThat(drift("mini")).containsExactly("tool (x86_64): its packages are now with ssh");
        update(Selection.NOTHING, "mini");
        build("mini");
    }

    @Test
    void aProgramThatWouldMakeOtherBytesIsRefusedUntilTheLockStandsForIt() {
        build("mini");
        Lock lock = lock();
        Map<String, String> other = new TreeMap<>(lock.builder());
        other.put("zstd", "1.4.0-1");
        LockFile.replace(project.lock(), lock, lock.withBuilder(new TreeMap<>(other)));

        assertFails(
                () -> build("mini"), Kind.VERIFICATION, "zstd: the lock was made with 1.4.0-1", "osie-build lock mini");
        int requests = project.mirror().requests().size();
        assertThat(update(Selection.NOTHING, "mini").lock()).isEqualTo(lock);
        assertThat(project.mirror().requests()).as("needs no network").hasSize(requests);
    }

    @Test
    void aLockThatIsTheSameIsNotWritten() throws IOException {
        update(Selection.NOTHING, "mini");
        project.publish();
        Object inode = Files.getAttribute(project.lock(), "unix:ino");

        assertThat(update(Selection.NOTHING, "mini").written()).isFalse();
        assertThat(update(Selection.EVERYTHING, "mini").written()).isFalse();
        assertThat(Files.getAttribute(project.lock(), "unix:ino")).isEqualTo(inode);
    }

    @Test
    void flavorsWithDifferentLocksNeedOneNamed() {
        project.write("elsewhere/lab.yaml", "osie:\n  kernel: { use: mini, modules: mini }\n");

        assertFails(
                () -> locks("mini", project.root().resolve("elsewhere/lab.yaml").toString()),
                Kind.BAD_INPUT,
                "have different locks",
                "--lock FILE");
    }

    @Test
    void buildsSideBySideEndWithOneLockAndTheSameBytes() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<Initramfs>> builds = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Store own = Store.open(directory.resolve("store" + i));
            builds.add(threads.submit(() -> new Assembler(own, Progress.SILENT)
                    .assemble(project.request("mini", Architecture.X86_64))
                    .initramfs()));
        }
        Initramfs first = builds.get(0).get();
        for (Future<Initramfs> build : builds) {
            assertThat(build.get()).isEqualTo(first);
        }
        threads.shutdown();
        try (Stream<Path> files = Files.list(project.lock().getParent())) {
            assertThat(files)
                    .extracting(file -> file.getFileName().toString())
                    .containsExactlyInAnyOrder("mini.yaml", "more.yaml", "osie.lock");
        }
    }

    @Test
    void aBuildThatFindsALockInTheEndBuildsWhatThatSays() throws IOException {
        Initramfs earlier = build("mini");
        Lock lock = lock();
        Files.delete(project.lock());
        project.supersede("shared 1.0", LockProject.shared("1.1"));
        String path = "/debian-security/dists/trixie-security/InRelease";
        byte[] release = project.mirror().content(path);
        project.mirror().answer(path, exchange -> {
            LockFile.create(project.lock(), lock); // another build was faster
            TestArchive.send(exchange, release);
        });

        assertThat(build("mini")).isEqualTo(earlier);
        assertThat(lock()).isEqualTo(lock);
    }

    @Test
    void anUpdateDoesNotOverwriteWhatAnotherOneWroteMeanwhile() throws IOException {
        update(Selection.NOTHING, "mini");
        Lock other = lock().withBuilder(new TreeMap<>(Map.of("zstd", "1")));
        project.supersede("shared 1.0", LockProject.shared("1.1"));
        Locks locks = locks("mini");
        LockFile.replace(project.lock(), lock(), other);

        assertFails(() -> locks.update(Selection.EVERYTHING, false), Kind.UNAVAILABLE, "changed meanwhile", "again");
        assertThat(lock()).isEqualTo(other);
    }

    @Test
    void aLockInAFolderThatIsNotThereIsFoundOutBeforeAnythingIsFetched() {
        BuildRequest request = project.request("mini", Architecture.X86_64);
        BuildRequest elsewhere = new BuildRequest(
                request.project(),
                request.composition(),
                Optional.of(directory.resolve("missing/osie.lock")),
                request.debian(),
                request.registries(),
                request.compression(),
                request.layout(),
                request.latestMtime(),
                request.docker(),
                request.nativeCompilers(),
                request.offline());

        assertFails(
                () -> new Assembler(store, Progress.SILENT).assemble(elsewhere),
                Kind.UNAVAILABLE,
                "there is no folder",
                "--lock FILE");
        assertThat(project.mirror().requests()).isEmpty();
    }

    @Test
    void theLockDecidesAboutAnImageWhoseNameTheStoreKnowsToo() throws IOException {
        StoredImages images = new StoredImages(store);
        images.put(
                "k:1",
                new StoredImages.Layer()
                        .file("kernel", 0644, "the kernel")
                        .file("kernel.tar", 0644, new StoredImages.Layer().toBytes()));
        images.put("i:1", new StoredImages.Layer().file("bin/app", 0755, "of the store"));
        Image locked = images.put("other:1", new StoredImages.Layer().file("bin/app", 0755, "of the lock"));
        Path document = Files.writeString(directory.resolve("plain.yml"), """
                kernel: { image: "k:1" }
                services: [{ name: s, image: "i:1" }]
                """);
        BuildRequest request = plain(document);
        Initramfs before =
                new Assembler(store, Progress.SILENT).assemble(request).initramfs();
        String name = "docker.io/library/i:1";
        LockFile.create(
                directory.resolve("osie.lock"),
                Lock.EMPTY
                        .withBuilder(BuilderVersions.own())
                        .withImages(new TreeMap<>(Map.of(
                                name,
                                new LockedImage(
                                        name,
                                        Optional.empty(),
                                        new TreeMap<>(Map.of(Architecture.X86_64, locked.manifest())))))));

        assertThat(new Assembler(store, Progress.SILENT).assemble(request).initramfs())
                .isNotEqualTo(before);
    }

    private static BuildRequest plain(Path document) {
        return new BuildRequest(
                new Project(document.getParent()),
                CompositionRequest.of(document.toString(), Architecture.X86_64),
                Optional.empty(),
                Optional.empty(),
                RegistrySettings.DEFAULT,
                Optional.empty(),
                Compression.ZSTD_3,
                ImageLayout.SHARED,
                Optional.of(StoredImages.LATEST));
    }

    private Initramfs build(String flavor) {
        return assemble(flavor, Architecture.X86_64).initramfs();
    }

    private Osie assemble(String flavor, Architecture architecture) {
        return new Assembler(store, Progress.SILENT).assemble(project.request(flavor, architecture));
    }

    private Locks.Outcome update(Selection selection, String... flavors) {
        return locks(flavors).update(selection, false);
    }

    private List<String> drift(String... flavors) {
        return locks(flavors).drift().stream().map(Drift::describe).toList();
    }

    private Locks locks(String... flavors) {
        return new Locks(store, Progress.SILENT, requests(flavors), List.of());
    }

    private List<BuildRequest> requests(String... flavors) {
        return Stream.of(flavors)
                .map(flavor -> project.request(flavor, Architecture.X86_64))
                .toList();
    }

    private Lock lock() {
        return LockFile.read(project.lock());
    }

    private static List<String> versions(Lock lock) {
        return lock.packages().stream()
                .map(binary -> binary.name() + " " + binary.version())
                .toList();
    }

    private static void assertFails(ThrowingCallable work, Kind kind, String message, String hint) {
        assertThatThrownBy(work)
                .isInstanceOfSatisfying(BuildException.class, e -> {
                    assertThat(e.kind()).isEqualTo(kind);
                    assertThat(e.hint())
                            .hasValueSatisfying(text -> assertThat(text).contains(hint));
                })
                .hasMessageContaining(message);
    }
}
