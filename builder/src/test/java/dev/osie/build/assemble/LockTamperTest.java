package dev.osie.build.assemble;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.debian.Archive;
import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.failure.BuildException;
import dev.osie.build.initramfs.Initramfs;
import dev.osie.build.lock.Lock;
import dev.osie.build.lock.LockFile;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is changed in a lock either stops the build or changes nothing of what is built. */
class LockTamperTest {
    @TempDir
    private Path directory;

    private LockProject project;
    private Store store;
    private Initramfs built;
    private String text;
    private Lock lock;

    @BeforeEach
    void lockAndBuild() throws IOException {
        project = new LockProject(directory.resolve("project"));
        store = Store.open(directory.resolve("store"));
        built = build();
        text = Files.readString(project.lock());
        lock = LockFile.read(project.lock());
    }

    @AfterEach
    void stop() {
        project.close();
    }

    @Test
    void everyValueThatIsChangedByOneCharacterStopsTheBuild() throws IOException {
        Matcher values = Pattern.compile("(?m)^ *(?:- )?(?:[a-z0-9_-]+: )?\"?([^#\\s\"][^\"\\n]*?)\"?$")
                .matcher(text);
        int changed = 0;
        while (values.find()) {
            if (values.group(1).endsWith(":")) {
                continue;
            }
            int last = values.end(1) - 1;
            char other = text.charAt(last) == '1' ? '2' : '1';
            Files.writeString(project.lock(), text.substring(0, last) + other + text.substring(last + 1));
            assertThatThrownBy(this::build).as(values.group()).isInstanceOf(BuildException.class);
            changed++;
        }
        assertThat(changed).isGreaterThan(40);
    }

    @Test
    void everyLineThatIsLeftOutStopsTheBuildUnlessItIsAComment() throws IOException {
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            List<String> left = new ArrayList<>(lines);
            String line = left.remove(i);
            Files.writeString(project.lock(), String.join("\n", left) + "\n");
            if (line.startsWith("#")) {
                assertThat(build()).isEqualTo(built);
            } else {
                assertThatThrownBy(this::build).as(line).isInstanceOf(BuildException.class);
            }
        }
    }

    @Test
    void randomBytesStopTheBuildOrChangeNothing() throws IOException {
        Random random = new Random(20261125);
        int harmless = 0;
        for (int i = 0; i < 1000; i++) {
            byte[] bytes = text.getBytes(UTF_8);
            for (int flips = random.nextInt(3); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(project.lock(), bytes);
            try {
                // The lock is all that a build takes from the file.
                assertThat(LockFile.read(project.lock())).isEqualTo(lock);
                harmless++;
            } catch (BuildException e) {
                assertThat(e.getMessage()).contains("osie.lock");
            }
        }
        assertThat(harmless)
                .as("changes of comments and of the space around values")
                .isBetween(1, 300);
    }

    @Test
    void aLockThatWasMadeToLookWholeStillGetsNothingButThePackagesOfItsDigests() {
        assertRefused(binary ->
                copy(binary, new Blob(Digest.ofText("another"), binary.deb().size()), binary.path()));
        assertRefused(binary ->
                copy(binary, new Blob(Digest.ofText("another"), binary.deb().size() + 1), binary.path()));
        // A file that is there already is known by its digest; where it came from doesn't matter then.
        store = Store.open(directory.resolve("empty"));
        assertRefused(binary ->
                copy(binary, new Blob(binary.deb().digest(), binary.deb().size() + 1), binary.path()));
        assertRefused(binary ->
                copy(binary, new Blob(binary.deb().digest(), binary.deb().size() - 1), binary.path()));
        assertRefused(binary -> copy(binary, binary.deb(), "pool/main/s/ssh/ssh_9.0_amd64.deb"));
        assertRefused(binary -> new BinaryPackage(
                binary.name(), binary.version(), binary.architecture(), Archive.SECURITY, binary.path(), binary.deb()));
    }

    private static BinaryPackage copy(BinaryPackage binary, Blob deb, String path) {
        return new BinaryPackage(binary.name(), binary.version(), binary.architecture(), binary.archive(), path, deb);
    }

    /** Changes the package tool, with a check that fits, as somebody would who knows how. */
    private void assertRefused(UnaryOperator<BinaryPackage> change) {
        SortedSet<BinaryPackage> packages = new TreeSet<>();
        lock.packages().forEach(binary -> packages.add(binary.name().equals("tool") ? change.apply(binary) : binary));
        Lock before = LockFile.read(project.lock());
        LockFile.replace(project.lock(), before, lock.withPackages(lock.suites(), packages, lock.sets()));
        assertThatThrownBy(this::build)
                .isInstanceOfSatisfying(
                        BuildException.class,
                        e -> assertThat(e.kind())
                                .isIn(BuildException.Kind.VERIFICATION, BuildException.Kind.UNAVAILABLE));
    }

    private Initramfs build() {
        return new Assembler(store, Progress.SILENT)
                .assemble(project.request("mini", Architecture.X86_64))
                .initramfs();
    }
}
