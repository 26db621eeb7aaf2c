package dev.osie.build.kernel;

import static dev.osie.build.kernel.Modules.NO_BUILTINS;
import static dev.osie.build.kernel.Modules.aliased;
import static dev.osie.build.kernel.Modules.linked;
import static dev.osie.build.kernel.Modules.wishing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DepmodTest {
    @Test
    void listsAllDependenciesSoThatALoaderTakesThemFromTheEnd() {
        List<ModuleFacts> modules = List.of(
                linked("kernel/fs/ext4.ko.xz", "journal", "cache"),
                linked("kernel/fs/jbd2.ko.xz", "+journal", "crc"),
                linked("kernel/fs/mbcache.ko.xz", "+cache"),
                linked("kernel/lib/crc.ko.xz", "+crc"));

        assertThat(lines(modules, "modules.dep"))
                .containsExactly(
                        "kernel/fs/ext4.ko.xz: kernel/fs/mbcache.ko.xz kernel/fs/jbd2.ko.xz kernel/lib/crc.ko.xz",
                        "kernel/fs/jbd2.ko.xz: kernel/lib/crc.ko.xz",
                        "kernel/fs/mbcache.ko.xz:",
                        "kernel/lib/crc.ko.xz:");
    }

    @Test
    void refusesModulesThatDependOnEachOther() {
        List<ModuleFacts> modules =
                List.of(linked("kernel/a.ko", "+a", "b"), linked("kernel/b.ko", "+b", "a"), linked("kernel/c.ko", "a"));

        assertThatThrownBy(() -> Depmod.indexes(modules, NO_BUILTINS))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("in a circle: a, b");
    }

    @Test
    void keepsAliasesAsWrittenInTextAndDropsDashesInTheBinaryIndex() {
        List<ModuleFacts> modules = List.of(aliased("kernel/crypto/crc32c-x.ko", "crypto-crc32c", "usb:v[0-9]*"));

        assertThat(lines(modules, "modules.alias"))
                .containsExactly(
                        "# Aliases extracted from modules themselves.",
                        "alias crypto-crc32c crc32c_x",
                        "alias usb:v[0-9]* crc32c_x");
        ModuleTrie expected = new ModuleTrie();
        expected.add("crypto_crc32c", "crc32c_x", 0);
        expected.add("usb:v[0-9]*", "crc32c_x", 0);
        assertThat(Depmod.indexes(modules, NO_BUILTINS).get("modules.alias.bin"))
                .isEqualTo(expected.toBytes());
    }

    @Test
    void leavesAnAliasWithAnOpenCharacterClassOutOfTheBinaryIndex() {
        List<ModuleFacts> modules = List.of(aliased("kernel/a.ko", "usb:v[0-9"));

        assertThat(Depmod.indexes(modules, NO_BUILTINS).get("modules.alias.bin"))
                .isEqualTo(new ModuleTrie().toBytes());
    }

    @Test
    void namesTheNodesOfDevicesThatLoadTheirModuleWhenOpened() {
        List<ModuleFacts> modules = List.of(
                aliased("kernel/loop.ko", "devname:loop-control", "char-major-10-237", "block-major-7-*"),
                aliased("kernel/fuse.ko", "char-major-10-229"));

        assertThat(lines(modules, "modules.devname"))
                .containsExactly("# Device nodes to trigger on-demand module loading.", "loop loop-control c10:237");
    }

    @Test
    void listsSoftDependencies() {
        assertThat(lines(List.of(wishing("kernel/r8169.ko", "pre: realtek")), "modules.softdep"))
                .contains("softdep r8169 pre: realtek");
    }

    private static List<String> lines(List<ModuleFacts> modules, String index) {
        return new String(Depmod.indexes(modules, NO_BUILTINS).get(index), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }
}
