package dev.osie.build.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ModuleTrieTest {
    @Test
    void writesAnEmptyIndexAsItsHeader() {
        assertThat(hex(new ModuleTrie())).isEqualTo("b007f457" + "00020001" + "0000000c");
    }

    @Test
    void writesSharedPrefixesOnceAndParentsFirst() {
        ModuleTrie trie = new ModuleTrie();
        trie.add("nfsv4", "B", 2);
        trie.add("nfs", "A", 1);

        assertThat(hex(trie))
                .isEqualTo("b007f457" + "00020001"
                        + "2000000c" // the root has children
                        + "6e6e" + "e0000012" // from 'n' to 'n': prefix, values, children
                        + "667300" // "fs"
                        + "7676" + "c0000025" // from 'v' to 'v': prefix, values
                        + "00000001" + "00000001" + "4100"
                        // the node of nfsv4
                        + "3400" + "00000001" + "00000002" + "4200");
    }

    @Test
    void ordersTheValuesOfAKeyByPriority() {
        ModuleTrie shuffled = new ModuleTrie();
        shuffled.add("pci", "second", 2);
        shuffled.add("pci", "first", 1);
        ModuleTrie ordered = new ModuleTrie();
        ordered.add("pci", "first", 1);
        ordered.add("pci", "second", 2);

        assertThat(shuffled.toBytes()).isEqualTo(ordered.toBytes());
    }

    @Test
    void leavesAGapForEveryCharacterBetweenTwoChildren() {
        ModuleTrie trie = new ModuleTrie();
        trie.add("a", "", 0);
        trie.add("d", "", 0);

        assertThat(hex(trie)).contains("6164" + "4000001e" + "00000000" + "00000000" + "40000027");
    }

    @Test
    void refusesKeysThatTheFormatCannotHold() {
        ModuleTrie trie = new ModuleTrie();

        assertThatThrownBy(() -> trie.add("schlüssel", "", 0)).isInstanceOf(BuildException.class);
        assertThatThrownBy(() -> trie.add("x".repeat(5000), "", 0)).isInstanceOf(BuildException.class);
    }

    private static String hex(ModuleTrie trie) {
        return HexFormat.of().formatHex(trie.toBytes());
    }
}
