package dev.osie.build.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class ResolverTest {
    private final List<String> stanzas = new ArrayList<>();

    @Test
    void followsDependsAndPreDependsButNotRecommends() {
        has("aa", "1", "Pre-Depends: bb", "Depends: cc (>= 1)", "Recommends: dd");
        has("bb", "1", "Depends: ee");
        has("cc", "1");
        has("dd", "1");
        has("ee", "1");

        assertThat(resolve("aa")).containsExactly("aa 1", "bb 1", "cc 1", "ee 1");
    }

    @Test
    void takesTheHighestVersionOfSeveral() {
        has("aa", "1.9");
        has("aa", "1.10");
        has("aa", "1.10~rc1");

        assertThat(resolve("aa")).containsExactly("aa 1.10");
    }

    @Test
    void endsWhenPackagesDependOnEachOther() {
        has("aa", "1", "Depends: bb");
        has("bb", "1", "Depends: aa");

        assertThat(resolve("aa")).containsExactly("aa 1", "bb 1");
    }

    @Test
    void prefersTheFirstAlternativeThatCanBeHad() {
        has("aa", "1", "Depends: missing | old (>= 2) | good | other");
        has("old", "1");
        has("good", "1");
        has("other", "1");

        assertThat(resolve("aa")).containsExactly("aa 1", "good 1");
    }

    @Test
    void prefersAnAlternativeThatIsThereAnyway() {
        has("aa", "1", "Depends: first | second");
        has("first", "1");
        has("second", "1");
        has("zz", "1", "Depends: second");

        assertThat(resolve("aa", "zz")).containsExactly("aa 1", "second 1", "zz 1");
    }

    @Test
    void choosesTheProviderWhoseNameSortsFirst() {
        has("aa", "1", "Depends: mta");
        has("postfix", "1", "Provides: mta");
        has("exim", "1", "Provides: xx, mta");

        assertThat(resolve("aa")).containsExactly("aa 1", "exim 1");
    }

    @Test
    void prefersTheProviderThatSystemsNeedMore() {
        has("aa", "1", "Depends: awk");
        has("gawk", "1", "Priority: optional", "Provides: awk");
        has("mawk", "1", "Priority: required", "Provides: awk");

        assertThat(resolve("aa")).containsExactly("aa 1", "mawk 1");
    }

    @Test
    void prefersARealPackageToItsProviders() {
        has("aa", "1", "Depends: awk");
        has("awk", "1");
        has("aaa", "1", "Provides: awk");

        assertThat(resolve("aa")).containsExactly("aa 1", "awk 1");
    }

    @Test
    void takesAProviderThatIsThereAnyway() {
        has("aa", "1", "Depends: mta");
        has("exim", "1", "Provides: mta");
        has("postfix", "1", "Provides: mta");

        assertThat(resolve("aa", "postfix")).containsExactly("aa 1", "postfix 1");
    }

    @Test
    void findsTheProviderOfAWantedName() {
        has("gawk", "1", "Provides: awk");

        assertThat(resolve("awk")).containsExactly("gawk 1");
    }

    @Test
    void takesAProvidedNameWithoutAVersionForNoVersion() {
        has("aa", "1", "Depends: lib (>= 1)");
        has("pp", "1", "Provides: lib");
        has("qq", "1", "Provides: lib (= 0.9)");
        has("rr", "1", "Provides: lib (= 1.0)");

        assertThat(resolve("aa")).containsExactly("aa 1", "rr 1");
    }

    @Test
    void leavesOutWhatIsExcludedWithAllThatOnlyItNeeds() {
        has("aa", "1", "Depends: debconf (>= 5) | debconf-2.0, perl");
        has("debconf", "1", "Depends: big");
        has("perl", "1", "Depends: perl-base");
        has("perl-base", "1");
        has("big", "1");

        assertThat(resolve(List.of("aa"), "debconf", "perl")).containsExactly("aa 1");
    }

    @Test
    void countsWhatAnExcludedPackageProvidesAsInstalled() {
        has("aa", "1", "Depends: awk");
        has("gawk", "1", "Provides: awk");
        has("mawk", "1", "Provides: awk");

        assertThat(resolve(List.of("aa"), "mawk")).containsExactly("aa 1");
    }

    @Test
    void understandsArchitectureQualifiers() {
        has("aa", "1", "Depends: python3:any (>= 3), gcc:native, lib:amd64");
        has("python3", "3");
        has("gcc", "1");
        has("lib", "1");

        assertThat(resolve("aa")).containsExactly("aa 1", "gcc 1", "lib 1", "python3 3");
    }

    @Test
    void doesNotTakeAPackageOfAnotherArchitecture() {
        has("aa", "1", "Depends: wine:i386");
        has("wine", "1");

        assertThatThrownBy(() -> resolve("aa")).hasMessageContaining("aa → wine:i386 cannot be had");
    }

    @Test
    void findsTheSameWhateverTheOrderOfTheIndex() {
        has("aa", "1", "Depends: xx | yy, vv");
        has("bb", "1", "Depends: yy | xx, ww");
        has("cc", "1", "Depends: vv | ww");
        has("vv", "1", "Provides: virtual");
        has("ww", "1", "Provides: virtual", "Depends: virtual");
        has("xx", "1");
        has("yy", "1");
        List<String> first = resolve("aa", "bb", "cc");

        for (int seed = 0; seed < 20; seed++) {
            Collections.shuffle(stanzas, new Random(seed));
            assertThat(resolve("cc", "aa", "bb")).isEqualTo(first);
        }
    }

    @Test
    void suggestsThePackageThatWasMeant() {
        has("docker.io", "1");

        assertThatThrownBy(() -> resolve("dockerio"))
                .isInstanceOfSatisfying(
                        BuildException.class, e -> assertThat(e.kind()).isEqualTo(BuildException.Kind.BAD_INPUT))
                .hasMessage(
                        "'test' wants the package 'dockerio', but trixie and trixie-security have no such package — did you mean 'docker.io'?");
    }

    @Test
    void showsTheWayToADependencyThatCannotBeHad() {
        has("docker.io", "26", "Depends: containerd");
        has("containerd", "1", "Depends: libfoo (>= 2) | libbar");
        has("libfoo", "1.9");

        assertThatThrownBy(() -> resolve("docker.io"))
                .hasMessage(
                        "Tried to resolve the packages of 'test', but docker.io → containerd → libfoo (>= 2) | libbar"
                                + " cannot be had: trixie and trixie-security have libfoo 1.9, no libbar.");
    }

    @Test
    void refusesPackagesThatConflict() {
        has("aa", "1", "Depends: bb");
        has("bb", "1", "Breaks: cc (<< 2)");
        has("cc", "1");

        assertThatThrownBy(() -> resolve("aa", "cc"))
                .hasMessageContaining("cannot have both bb 1 (amd64) and cc 1 (amd64): bb conflicts with cc (<< 2)")
                .hasMessageContaining("aa → bb");
    }

    @Test
    void allowsAConflictWithAnotherVersionAndWithWhatOnesSelfProvides() {
        has("aa", "1", "Breaks: cc (<< 1)", "Conflicts: mta", "Provides: mta");
        has("cc", "1");

        assertThat(resolve("aa", "cc")).containsExactly("aa 1", "cc 1");
    }

    @Test
    void refusesAConflictByAProvidedName() {
        has("aa", "1", "Conflicts: mta");
        has("cc", "1", "Provides: mta");

        assertThatThrownBy(() -> resolve("aa", "cc")).hasMessageContaining("aa conflicts with mta");
    }

    @Test
    void refusesToBothWantAndExcludeAPackage() {
        has("aa", "1");

        assertThatThrownBy(() -> resolve(List.of("aa"), "aa")).hasMessageContaining("both wants and excludes aa");
    }

    @Test
    void blamesTheIndexForARelationThatIsMalformed() {
        has("aa", "1", "Depends: bb (>= )");

        assertThatThrownBy(() -> resolve("aa"))
                .isInstanceOfSatisfying(
                        BuildException.class, e -> assertThat(e.kind()).isEqualTo(BuildException.Kind.VERIFICATION))
                .hasMessageContaining("'bb (>= )' is not a relation to a package");
    }

    private void has(String name, String version, String... fields) {
        stanzas.add("Package: " + name + "\nVersion: " + version + "\nArchitecture: amd64\n" + String.join("\n", fields)
                + (fields.length == 0 ? "" : "\n") + "Filename: pool/" + name + ".deb\nSize: 1\nSHA256: "
                + "0".repeat(64)
                + "\n");
    }

    private List<String> resolve(String... wanted) {
        return resolve(List.of(wanted));
    }

    private List<String> resolve(List<String> wanted, String... exclude) {
        PackageIndex.Builder index = new PackageIndex.Builder();
        try {
            index.add(
                    new ByteArrayInputStream(String.join("\n", stanzas).getBytes(StandardCharsets.UTF_8)),
                    Archive.DEBIAN);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return new Resolver(index.build(), Suite.DEFAULT)
                .resolve("test", new TreeSet<>(wanted), new TreeSet<>(List.of(exclude))).stream()
                        .map(binary -> binary.name() + " " + binary.version())
                        .toList();
    }
}
