package dev.osie.build.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModuleSetTest {
    @TempDir
    private Path folder;

    @Test
    void readsGroupsAsReasonsAndTheRulesOfOneArchitecture() throws IOException {
        write("disks", """
                description: disks
                modules:
                  SATA: [drivers/ata/**, 8139too]
                only:
                  x86_64:
                    exclude: [pata_pcmcia]
                  aarch64:
                    modules:
                      boards: [ahci_platform]
                """);

        ModuleSet x86 = ModuleSet.read(folder, "disks", Architecture.X86_64);
        ModuleSet arm = ModuleSet.read(folder, "disks", Architecture.AARCH64);

        assertThat(patterns(x86.modules())).containsExactly("drivers/ata/**", "8139too");
        assertThat(x86.modules().get(0).origin()).isEqualTo("disks, SATA");
        assertThat(patterns(x86.exclude())).containsExactly("pata_pcmcia");
        assertThat(patterns(arm.modules())).containsExactly("drivers/ata/**", "8139too", "ahci_platform");
        assertThat(arm.exclude()).isEmpty();
    }

    @Test
    void includesOtherSets() throws IOException {
        write("all", "description: all\ninclude: [disks]\n");
        write("disks", "description: disks\nmodules: { SATA: [ahci] }\n");

        ModuleSet all = ModuleSet.read(folder, "all", Architecture.X86_64);

        assertThat(all.include()).extracting(ModuleSet::name).containsExactly("disks");
    }

    @Test
    void refusesASetThatIncludesItself() throws IOException {
        write("a", "description: a\ninclude: [b]\n");
        write("b", "description: b\ninclude: [a]\n");

        assertThatThrownBy(() -> ModuleSet.read(folder, "a", Architecture.X86_64))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("includes itself: a → b → a");
    }

    @Test
    void reportsEveryMistakeWithItsLine() throws IOException {
        write("a", "description: a\nmodule: {}\nmodules: [ahci]\nonly:\n  x86: {}\n");

        assertThatThrownBy(() -> ModuleSet.read(folder, "a", Architecture.X86_64))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("a.yaml:2:1: unknown key 'module' in module set 'a' — did you mean 'modules'?")
                .hasMessageContaining("a.yaml:3:10: modules are given in named groups")
                .hasMessageContaining("a.yaml:5:3: unknown key 'x86'");
    }

    @Test
    void suggestsASetOfASimilarName() throws IOException {
        write("provisioning", "description: p\n");

        assertThatThrownBy(() -> ModuleSet.read(folder, "provisionning", Architecture.X86_64))
                .isInstanceOfSatisfying(
                        BuildException.class,
                        failure -> assertThat(failure.hint()).contains("Perhaps 'provisioning' is meant."));
        assertThatThrownBy(() -> ModuleSet.read(folder, "../secret", Architecture.X86_64))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("cannot be the name of a module set");
    }

    @Test
    void readsTheKernelDefinitionAndTheSetsOfTheProject() {
        Path configs = Path.of("..", "kernel-configs");

        KernelOrigin.DebianPackage kernel = (KernelOrigin.DebianPackage)
                KernelDefinition.read(configs, "debian-lts").origin();
        assertThat(kernel.name(Architecture.X86_64)).isEqualTo("linux-image-amd64");
        assertThat(kernel.name(Architecture.AARCH64)).isEqualTo("linux-image-arm64");
        for (Architecture architecture : Architecture.values()) {
            assertThat(ModuleSet.read(configs.resolve("modules"), "provisioning", architecture)
                            .include())
                    .isNotEmpty();
        }
    }

    @Test
    void saysWhichArchitecturesAKernelIsMadeFor() throws IOException {
        write("pi", "description: boards\npackage: { aarch64: linux-image-arm64 }\n");

        KernelOrigin.DebianPackage kernel =
                (KernelOrigin.DebianPackage) KernelDefinition.read(folder, "pi").origin();

        assertThatThrownBy(() -> kernel.name(Architecture.X86_64))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("has no package for x86_64: it is made for [aarch64]");
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name + ".yaml"), text);
    }

    private static List<String> patterns(List<ModuleRule> rules) {
        return rules.stream().map(ModuleRule::pattern).toList();
    }
}
