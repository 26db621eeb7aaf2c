package dev.osie.build.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Some packages move; those of the lock stay where they can. */
final class HoldsTest {
    private final List<String> stanzas = new ArrayList<>();
    private final Map<String, String> controls = new HashMap<>();
    private final List<BinaryPackage> held = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private Holds holds = Holds.none();

    @Test
    void holdsAVersionThatTheSuitesNoLongerHave() {
        has("aa", "2", "Depends: bb");
        has("bb", "2", "Depends: cc");
        has("cc", "2");
        locked("bb", "1", "Depends: cc");
        locked("cc", "1");

        assertThat(resolve("aa")).containsExactly("aa 2", "bb 1", "cc 1");
        assertThat(holds.released()).isEmpty();
    }

    @Test
    void holdsAPackageThatLeftTheSuitesAltogether() {
        has("aa", "2", "Depends: bb, mta");
        locked("bb", "1", "Depends: old");
        locked("old", "1");
        locked("exim", "1", "Provides: mta");

        assertThat(resolve("aa")).containsExactly("aa 2", "bb 1", "exim 1", "old 1");
    }

    @Test
    void releasesWhatAPackageThatMovesCannotDoWith() {
        has("aa", "2", "Depends: bb (>= 2), cc");
        has("bb", "2");
        has("cc", "2");
        locked("bb", "1");
        locked("cc", "1");

        assertThat(resolve("aa")).containsExactly("aa 2", "bb 2", "cc 1");
        assertThat(holds.released()).containsExactly(Map.entry("bb", "aa 2 (amd64) needs bb (>= 2)"));
    }

    @Test
    void releasesWhatNeedsTheVersionThatMovedAway() {
        has("aa", "2", "Depends: bb");
        has("bb", "2", "Depends: aa (= 2)");
        locked("bb", "1", "Depends: aa (= 1)");

        assertThat(resolve("aa")).containsExactly("aa 2", "bb 2");
        assertThat(holds.released()).containsExactly(Map.entry("bb", "bb 1 (amd64) needs aa (= 1)"));
    }

    @Test
    void releasesWhatThePackageThatMovesBreaks() {
        has("aa", "2", "Depends: bb", "Breaks: bb (<< 2)");
        has("bb", "2");
        locked("bb", "1");

        assertThat(resolve("aa")).containsExactly("aa 2", "bb 2");
        assertThat(holds.released()).containsOnlyKeys("bb");
    }

    @Test
    void releasesOneAfterAnotherAsFarAsItHasTo() {
        has("aa", "2", "Depends: bb (>= 2)");
        has("bb", "2", "Depends: cc (>= 2)");
        has("cc", "2", "Depends: dd");
        has("dd", "2");
        locked("bb", "1");
        locked("cc", "1");
        locked("dd", "1");

        assertThat(resolve("aa")).containsExactly("aa 2", "bb 2", "cc 2", "dd 1");
    }

    @Test
    void movesWhatIsPreferredBeforeItTakesAnotherAlternative() {
        has("aa", "2", "Depends: bb (>= 2) | other");
        has("bb", "2");
        has("other", "1");
        locked("bb", "1");

        assertThat(resolve("aa")).containsExactly("aa 2", "bb 2");
    }

    @Test
    void failsAsWithoutALockWhenNothingThatMovesWouldHelp() {
        has("aa", "2", "Depends: bb (>= 3)");
        has("bb", "2");
        locked("bb", "1");

        assertThatThrownBy(() -> resolve("aa")).hasMessageContaining("aa → bb (>= 3) cannot be had");
    }

    @Test
    void readsOnlyPackagesThatAreInTheWayAndThatTheSuitesNoLongerHave() {
        has("aa", "2", "Depends: bb, cc");
        has("bb", "2");
        has("cc", "1");
        has("zz", "2");
        locked("bb", "1");
        locked("cc", "1");
        locked("zz", "1");

        resolve("aa");

        assertThat(asked).containsExactly("bb");
    }

    @Test
    void refusesAPackageThatSaysItIsAnother() {
        has("aa", "2", "Depends: bb");
        has("bb", "2");
        locked("bb", "1");
        controls.put("bb", "Package: bb\nVersion: 1.1\nArchitecture: amd64\n");

        assertThatThrownBy(() -> resolve("aa"))
                .isInstanceOfSatisfying(
                        BuildException.class, e -> assertThat(e.kind()).isEqualTo(BuildException.Kind.VERIFICATION))
                .hasMessage("The package bb 1 (amd64) says of itself that it is bb 1.1 (amd64).");
    }

    private void has(String name, String version, String... fields) {
        stanzas.add(control(name, version, fields) + "Filename: pool/" + name + ".deb\nSize: 1\nSHA256: "
                + digest(name, version).hex() + "\n");
    }

    private void locked(String name, String version, String... fields) {
        controls.put(name, control(name, version, fields) + "Description: of\n several lines\n");
        held.add(new BinaryPackage(
                name,
                new DebianVersion(version),
                "amd64",
                Archive.DEBIAN,
                "pool/" + name + ".deb",
                new Blob(digest(name, version), 1)));
    }

    private static Digest digest(String name, String version) {
        return Digest.ofText(name + version);
    }

    private static String control(String name, String version, String... fields) {
        return "Package: " + name + "\nVersion: " + version + "\nArchitecture: amd64\n" + String.join("\n", fields)
                + (fields.length == 0 ? "" : "\n");
    }

    private List<String> resolve(String wanted) {
        PackageIndex.Builder index = new PackageIndex.Builder();
        try {
            index.add(
                    new ByteArrayInputStream(String.join("\n", stanzas).getBytes(StandardCharsets.UTF_8)),
                    Archive.DEBIAN);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        holds = new Holds(held, binary -> {
            asked.add(binary.name());
            return controls.get(binary.name()).getBytes(StandardCharsets.UTF_8);
        });
        return new Resolver(index.build(), Suite.DEFAULT, holds)
                .resolve("test", new TreeSet<>(List.of(wanted)), new TreeSet<>()).stream()
                        .map(binary -> binary.name() + " " + binary.version())
                        .toList();
    }
}
