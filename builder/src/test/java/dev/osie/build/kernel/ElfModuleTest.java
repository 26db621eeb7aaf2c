package dev.osie.build.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ElfModuleTest {
    private static final String PATH = "kernel/drivers/net/example.ko";

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void readsWhatAModuleSaysOfItself(Architecture architecture) {
        byte[] elf = ModuleFixture.module(architecture)
                .info("license", "GPL")
                .info("alias", "pci:v00008086d*sv*sd*bc*sc*i*")
                .info("alias", "example-two")
                .info("depends", "mii,ptp-core")
                .info("softdep", "pre: realtek")
                .info("firmware", "example/fw.bin")
                .info("vermagic", "6.12.1 SMP mod_unload ")
                .exports("example_open", "example_close")
                .needs("printk", "mii_check")
                .toElf();

        ModuleFacts facts = ElfModule.read(PATH, elf, elf.length, architecture);

        assertThat(facts.name()).isEqualTo("example");
        assertThat(facts.aliases()).containsExactly("pci:v00008086d*sv*sd*bc*sc*i*", "example-two");
        assertThat(facts.depends()).containsExactly("mii", "ptp_core");
        assertThat(facts.softdeps()).containsExactly("pre: realtek");
        assertThat(facts.firmware()).containsExactly("example/fw.bin");
        assertThat(facts.vermagic()).isEqualTo("6.12.1 SMP mod_unload ");
        assertThat(facts.exports()).containsExactly("example_open", "example_close");
        assertThat(facts.needs()).containsExactly("printk", "mii_check");
    }

    @Test
    void takesAnEmptyDependsForNone() {
        assertThat(read(ModuleFixture.module().info("depends", "").toElf()).depends())
                .isEmpty();
    }

    @Test
    void readsOnlyTheFilledPartOfABuffer() {
        byte[] elf = ModuleFixture.module().exports("a").toElf();
        byte[] buffer = Arrays.copyOf(elf, 2 * elf.length);

        assertThat(ElfModule.read(PATH, buffer, elf.length, Architecture.X86_64).exports())
                .containsExactly("a");
        assertThatThrownBy(() -> ElfModule.read(PATH, buffer, elf.length - 1, Architecture.X86_64))
                .isInstanceOf(BuildException.class);
    }

    @Test
    void refusesAModuleForAnotherMachine() {
        byte[] elf = ModuleFixture.module(Architecture.AARCH64).toElf();

        assertThatThrownBy(() -> read(elf))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining(PATH)
                .hasMessageContaining("made for another machine (ELF machine 183) than x86_64");
    }

    @Test
    void refusesAnAliasThatWouldForgeALineOfAnIndex() {
        byte[] elf = ModuleFixture.module().info("alias", "a\nalias pci:* evil").toElf();

        assertThatThrownBy(() -> read(elf)).isInstanceOf(BuildException.class).hasMessageContaining("alias");
    }

    @Test
    void refusesEveryTruncation() {
        byte[] elf = example();
        for (int length = 0; length < elf.length; length++) {
            byte[] cut = Arrays.copyOf(elf, length);
            assertThatThrownBy(() -> read(cut)).as("%d bytes", length).isInstanceOf(BuildException.class);
        }
    }

    @Test
    void survivesAnyDamage() {
        Random random = new Random(7);
        for (int round = 0; round < 20_000; round++) {
            byte[] elf = example();
            for (int i = 0; i <= round % 3; i++) {
                elf[random.nextInt(elf.length)] = (byte) random.nextInt();
            }
            try {
                read(elf);
            } catch (BuildException expected) {
                assertThat(expected).hasMessageContaining(PATH);
            }
        }
    }

    @Test
    void refusesASectionThatLiesBeyondTheFile() {
        byte[] elf = example();
        ByteBuffer header = ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN);
        int sections = (int) header.getLong(40);
        header.putLong(sections + 64 + 24, Long.MAX_VALUE - 3);

        assertThatThrownBy(() -> read(elf))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("the bytes of section 1 lie outside of the file");
    }

    private static byte[] example() {
        return ModuleFixture.module()
                .info("alias", "example")
                .exports("a", "b")
                .needs("c")
                .toElf();
    }

    private static ModuleFacts read(byte[] elf) {
        return ElfModule.read(PATH, elf, elf.length, Architecture.X86_64);
    }
}
