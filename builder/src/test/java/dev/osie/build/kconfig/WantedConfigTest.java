package dev.osie.build.kconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import dev.osie.build.yaml.DocumentException;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WantedConfigTest {
    private static final Path FILE = Path.of("net.config");

    @TempDir
    private Path directory;

    @Test
    void readsWhatKconfigWrites() {
        WantedConfig wanted = wanted("""
                # Cards.
                CONFIG_IGB=m

                CONFIG_LOCALVERSION="-lab \\"1\\""
                CONFIG_NR_CPUS=0x40
                CONFIG_LOG_BUF_SHIFT=17
                # CONFIG_SOUND is not set
                """);

        assertThat(wanted.toText()).isEqualTo("""
                CONFIG_IGB=m
                CONFIG_LOCALVERSION="-lab \\"1\\""
                CONFIG_LOG_BUF_SHIFT=17
                CONFIG_NR_CPUS=0x40
                # CONFIG_SOUND is not set
                """);
    }

    @Test
    void takesNothingElse() {
        assertThat(problems(problems -> Fragment.parse(FILE, """
                CONFIG_A = y
                CONFIG_B=yes
                CONFIG_C="x
                IGB=m
                #CONFIG_D is not set
                # CONFIG_E is not set.
                CONFIG_F=
                CONFIG_G=y # because
                """, problems)))
                .containsExactly(
                        "net.config:1:1: expected CONFIG_X=y, CONFIG_X=m, CONFIG_X=\"text\", CONFIG_X=1,"
                                + " '# CONFIG_X is not set' or a comment",
                        "net.config:2:1: 'yes' is no value of an option: expected y, m, n, a number or \"text\"",
                        "net.config:3:1: '\"x' is no value of an option: expected y, m, n, a number or \"text\"",
                        "net.config:4:1: expected CONFIG_X=y, CONFIG_X=m, CONFIG_X=\"text\", CONFIG_X=1,"
                                + " '# CONFIG_X is not set' or a comment",
                        "net.config:5:1: only '# CONFIG_X is not set', with single spaces, turns an option off",
                        "net.config:6:1: only '# CONFIG_X is not set', with single spaces, turns an option off",
                        "net.config:7:1: '' is no value of an option: expected y, m, n, a number or \"text\"",
                        "net.config:8:1: 'y # because' is no value of an option: expected y, m, n, a number or \"text\"");
    }

    @Test
    void namesBothPlacesOfAConflict() {
        Fragment common = Fragment.parse(Path.of("common/net.config"), "CONFIG_A=y\nCONFIG_IGB=m\n", new Problems());
        Fragment own = Fragment.parse(Path.of("x86_64/net.config"), "CONFIG_A=y\n\nCONFIG_IGB=y\n", new Problems());

        assertThat(problems(problems -> WantedConfig.merge(List.of(common, own), problems)))
                .containsExactly("x86_64/net.config:3:1: CONFIG_IGB is y here and m at common/net.config:2:1:"
                        + " take one of them out");
    }

    @Test
    void suggestsTheOptionThatWasMeant() {
        WantedConfig wanted = wanted("CONFIG_VIRTIO_NETT=y\nCONFIG_IGB=m\nCONFIG_QUITE_ANOTHER_THING=y\n");

        assertThat(problems(problems -> wanted.requireKnown(Set.of("IGB", "VIRTIO_NET"), "linux 6.12", problems)))
                .containsExactly(
                        "net.config:1:1: linux 6.12 has no option CONFIG_VIRTIO_NETT — did you mean 'CONFIG_VIRTIO_NET'?",
                        "net.config:3:1: linux 6.12 has no option CONFIG_QUITE_ANOTHER_THING");
    }

    @Test
    void reportsWhatDidNotSurvive() {
        WantedConfig wanted = wanted("CONFIG_A=m\nCONFIG_B=y\n# CONFIG_C is not set\nCONFIG_D=\"x\"\nCONFIG_E=y\n");
        FinalConfig config =
                FinalConfig.parse("CONFIG_A=y\nCONFIG_C=y\nCONFIG_D=\"y\"\nCONFIG_E=y\n# CONFIG_B is not set\n");

        assertThat(problems(problems -> wanted.requireIn(config, problems)))
                .containsExactly(
                        "net.config:1:1: CONFIG_A is wanted m, but Kconfig made it y: perhaps another option selects it,"
                                + " or it cannot be a module",
                        "net.config:2:1: CONFIG_B is wanted y, but Kconfig made it n: perhaps something that it depends on"
                                + " is not there, or a module",
                        "net.config:3:1: CONFIG_C is wanted n, but Kconfig made it y: perhaps another option selects it",
                        "net.config:4:1: CONFIG_D is wanted \"x\", but Kconfig made it \"y\": perhaps another option selects"
                                + " it, or it cannot be a module");
    }

    @Test
    void refusesWhatEachBuildMakesAnother() {
        WantedConfig wanted = wanted("CONFIG_MODULE_SIG=y\n");
        FinalConfig config = FinalConfig.parse("CONFIG_MODULE_SIG=y\nCONFIG_RANDSTRUCT_FULL=y\n");

        assertThat(problems(problems -> config.requireReproducible(wanted, Position.whole("lab.yaml"), problems)))
                .containsExactly(
                        "lab.yaml: CONFIG_RANDSTRUCT_FULL cannot be built reproducibly: structures are laid out by a random"
                                + " seed. Turn it off: '# CONFIG_RANDSTRUCT_FULL is not set'",
                        "net.config:1:1: CONFIG_MODULE_SIG cannot be built reproducibly: modules are signed with a key that"
                                + " each build makes anew. Turn it off: '# CONFIG_MODULE_SIG is not set'");
    }

    @Test
    void writesAChangeWhereTheOptionStands() {
        WantedConfig wanted = wanted("# Cards.\nCONFIG_IGB=m\nCONFIG_IGB_HWMON=y\nCONFIG_E1000E=m\n");
        FinalConfig before = FinalConfig.parse("CONFIG_IGB=m\nCONFIG_E1000E=m\n");
        FinalConfig after = FinalConfig.parse("CONFIG_E1000E=m\nCONFIG_TUN=m\n");
        FinalConfig whole = FinalConfig.parse("CONFIG_E1000E=m\nCONFIG_TUN=m\nCONFIG_SELECTED=y\n");

        ConfigChange change = ConfigChange.between(before, after, whole, wanted);
        List<String> lines = List.of("# Cards.", "CONFIG_IGB=m", "CONFIG_IGB_HWMON=y", "CONFIG_E1000E=m");

        assertThat(change.apply(FILE, lines, wanted, true))
                .containsExactly(
                        "# Cards.",
                        "# CONFIG_IGB is not set",
                        "# CONFIG_IGB_HWMON is not set",
                        "CONFIG_E1000E=m",
                        "CONFIG_TUN=m");
        assertThat(change.apply(Path.of("other.config"), List.of("CONFIG_X=y"), wanted, false))
                .containsExactly("CONFIG_X=y");
    }

    @Test
    void findsFragmentsOfAllArchitecturesAndOfOne() throws IOException {
        write("common/net.config", "CONFIG_A=y\n");
        write("x86_64/net.config", "CONFIG_B=y\n");
        write("x86_64/a.config", "CONFIG_C=y\n");
        write("aarch64/arm.config", "CONFIG_D=y\n");
        write("x86_64/README", "no fragment");
        FragmentFolder folder = new FragmentFolder(directory);

        assertThat(options(folder, List.of())).containsExactly("CONFIG_C", "CONFIG_A", "CONFIG_B");
        assertThat(options(folder, List.of("net"))).containsExactly("CONFIG_A", "CONFIG_B");
        assertThatThrownBy(() -> options(folder, List.of("nett")))
                .isInstanceOfSatisfying(BuildException.class, failure -> {
                    assertThat(failure).hasMessageContaining("there is no configuration fragment 'nett'");
                    assertThat(failure.hint()).contains("Perhaps 'net' is meant.");
                });
    }

    private static List<String> options(FragmentFolder folder, List<String> names) {
        return folder.read(Architecture.X86_64, names, new Problems()).stream()
                .flatMap(fragment -> fragment.settings().stream())
                .map(Setting::option)
                .toList();
    }

    private void write(String path, String content) throws IOException {
        Path file = directory.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private static WantedConfig wanted(String text) {
        Problems problems = new Problems();
        WantedConfig wanted = WantedConfig.merge(List.of(Fragment.parse(FILE, text, problems)), problems);
        problems.throwIfAny();
        return wanted;
    }

    private static List<String> problems(Consumer<Problems> check) {
        Problems problems = new Problems();
        check.accept(problems);
        return catchThrowableOfType(DocumentException.class, problems::throwIfAny).problems().stream()
                .map(Object::toString)
                .toList();
    }
}
