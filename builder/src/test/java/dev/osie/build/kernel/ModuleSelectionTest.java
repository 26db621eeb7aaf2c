package dev.osie.build.kernel;

import static dev.osie.build.kernel.Modules.NO_BUILTINS;
import static dev.osie.build.kernel.Modules.aliased;
import static dev.osie.build.kernel.Modules.depending;
import static dev.osie.build.kernel.Modules.module;
import static dev.osie.build.kernel.Modules.wishing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.osie.build.failure.BuildException;
import dev.osie.build.yaml.Position;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ModuleSelectionTest {
    @Test
    void takesDependenciesAndSaysWhoNeedsThem() {
        List<ModuleFacts> kernel = List.of(
                depending("kernel/fs/ext4/ext4.ko.xz", "jbd2"),
                depending("kernel/fs/jbd2/jbd2.ko.xz", "crc"),
                module("kernel/lib/crc.ko.xz"),
                module("kernel/fs/xfs/xfs.ko.xz"));

        assertThat(select(kernel, set(List.of("ext4"), List.of())))
                .containsExactly(
                        entry("ext4", "test, group"), entry("jbd2", "needed by ext4"), entry("crc", "needed by jbd2"));
    }

    @Test
    void matchesPathsWithinAndAcrossDirectories() {
        List<ModuleFacts> kernel = List.of(
                module("kernel/drivers/net/veth.ko.xz"),
                module("kernel/drivers/net/ethernet/intel/e1000.ko.xz"),
                module("kernel/drivers/network.ko"));

        assertThat(select(kernel, set(List.of("drivers/net/*"), List.of()))).containsOnlyKeys("veth");
        assertThat(select(kernel, set(List.of("drivers/net/**"), List.of()))).containsOnlyKeys("veth", "e1000");
    }

    @Test
    void matchesNamesWhicheverDashesTheyAreWrittenWith() {
        List<ModuleFacts> kernel =
                List.of(module("kernel/fs/nls/nls_iso8859-1.ko"), module("kernel/fs/nls/nls_utf8.ko"));

        assertThat(select(kernel, set(List.of("nls-iso8859_1"), List.of()))).containsOnlyKeys("nls_iso8859_1");
        assertThat(select(kernel, set(List.of("nls_*"), List.of()))).containsOnlyKeys("nls_iso8859_1", "nls_utf8");
    }

    @Test
    void aRuleMayFitNothingWhereItSaysSo() {
        List<ModuleFacts> kernel = List.of(module("kernel/fs/ntfs/ntfs.ko.xz"), module("kernel/crypto/sha1.ko"));

        assertThat(select(kernel, set(List.of("ntfs3?", "ntfs?", "arch/x86/crypto/sha*?"), List.of("xfs?"))))
                .containsOnlyKeys("ntfs");
        assertThatThrownBy(() -> select(kernel, set(List.of("ntfs3"), List.of())))
                .hasMessageContaining("'ntfs3' fits no module");
    }

    @Test
    void excludesButNotWhatAnotherModuleNeeds() {
        List<ModuleFacts> kernel = List.of(
                depending("kernel/net/bridge.ko", "stp"), module("kernel/net/stp.ko"), module("kernel/net/x25.ko"));

        assertThat(select(kernel, set(List.of("net/**"), List.of("stp", "x25"))))
                .containsExactly(entry("bridge", "test, group"), entry("stp", "needed by bridge"));
    }

    @Test
    void composesSets() {
        List<ModuleFacts> kernel = List.of(module("kernel/a.ko"), module("kernel/b.ko"), module("kernel/c.ko"));
        ModuleSet base = set(List.of("a", "b"), List.of());

        ModuleSet changed = base.changed(List.of("c"), List.of("b"), "lab.yaml", new Position("lab.yaml", 3, 1));

        assertThat(select(kernel, changed)).containsExactly(entry("a", "test, group"), entry("c", "lab.yaml"));
    }

    @Test
    void followsSoftDependenciesByNameAndAliasWhenTheyExist() {
        List<ModuleFacts> kernel = List.of(
                wishing("kernel/fs/btrfs.ko", "pre: crypto-crc32c post: missing"),
                aliased("kernel/crypto/crc32c_generic.ko", "crc32c", "crypto-crc32c"),
                aliased("kernel/arch/x86/crypto/crc32c-intel.ko", "crypto-crc32c"));

        assertThat(select(kernel, set(List.of("btrfs"), List.of())))
                .containsOnlyKeys("btrfs", "crc32c_generic", "crc32c_intel");
    }

    @Test
    void endsWithSoftDependenciesInACircle() {
        List<ModuleFacts> kernel = List.of(wishing("kernel/a.ko", "post: b"), wishing("kernel/b.ko", "pre: a"));

        assertThat(select(kernel, set(List.of("a"), List.of()))).containsOnlyKeys("a", "b");
    }

    @Test
    void acceptsWhatTheKernelHasBuiltIn() {
        Builtins builtins = new Builtins(List.of("kernel/fs/fuse/fuse.ko"), new TreeMap<>());

        assertThat(select(List.of(module("kernel/a.ko")), builtins, set(List.of("fuse", "a"), List.of())))
                .containsOnlyKeys("a");
    }

    @Test
    void matchesDevicesByTheirNumbers() {
        List<ModuleFacts> kernel = List.of(
                aliased("kernel/igb.ko", "pci:v00008086d00001521sv*sd*bc*sc*i*"),
                aliased("kernel/mlx5_core.ko", "pci:v000015B3d00001017sv*sd*bc*sc*i*"),
                aliased("kernel/mlx4_core.ko", "pci:v000015B3d00001003sv*sd*bc*sc*i*"),
                aliased("kernel/r8152.ko", "usb:v0BDAp8153d*dc*dsc*dp*icFFiscFFip00in*"));

        assertThat(select(kernel, set(List.of("pci:8086:1521"), List.of()))).containsOnlyKeys("igb");
        assertThat(select(kernel, set(List.of("pci:15b3:*"), List.of()))).containsOnlyKeys("mlx4_core", "mlx5_core");
        assertThat(select(kernel, set(List.of("pci:*:*"), List.of("pci:15b3:1003"))))
                .containsOnlyKeys("igb", "mlx5_core");
        assertThat(select(kernel, set(List.of("usb:0bda:8153"), List.of()))).containsOnlyKeys("r8152");
    }

    @Test
    void matchesAliasesOfAClassAndModaliasesOfADevice() {
        List<ModuleFacts> kernel = List.of(
                aliased("kernel/igb.ko", "pci:v00008086d00001521sv*sd*bc*sc*i*"),
                aliased("kernel/nvme.ko", "pci:v*d*sv*sd*bc01sc08i02*", "pci:v0000144Dd0000A804sv*sd*bc*sc*i*"),
                aliased("kernel/hv_netvsc.ko", "vmbus:635161f83edfc546913ff2d2f965ed0e"),
                aliased("kernel/pci-stub.ko", "unrelated"));

        assertThat(select(kernel, set(List.of("pci:*bc01*"), List.of())))
                .as("drivers that leave the class open don't fit every class")
                .containsOnlyKeys("nvme");
        assertThat(select(kernel, set(List.of("vmbus:*"), List.of()))).containsOnlyKeys("hv_netvsc");
        assertThat(select(kernel, set(List.of("pci:v00008086d00001521sv00008086sd00000001bc02sc00i00"), List.of())))
                .containsExactly(entry("igb", "test, group"));
        assertThat(select(kernel, set(List.of("pci:v00001C5Cd00001504sv*sd*bc01sc08i02"), List.of())))
                .containsOnlyKeys("nvme");
    }

    @Test
    void readsAliasesOnlyWhenDevicesAreNamedAndThenOnce() {
        List<ModuleFacts> kernel = List.of(aliased("kernel/a.ko", "virtio:d1v*"), aliased("kernel/b.ko", "xen:vif"));
        List<String> read = new ArrayList<>();

        select(kernel, NO_BUILTINS, set(List.of("virtio:*", "xen:*"), List.of("xen:vif")), read);

        assertThat(read).containsExactly("aliases", "kernel/a.ko");
    }

    @Test
    void acceptsDevicesWhoseDriverIsBuiltIn() {
        Builtins builtins = new Builtins(List.of(), new TreeMap<>(Map.of("sdhci", List.of("of:N*T*Cfoo,sdhci"))));

        assertThat(select(List.of(module("kernel/a.ko")), builtins, set(List.of("of:*Cfoo,*", "a"), List.of())))
                .containsOnlyKeys("a");
    }

    @Test
    void reportsDevicesWithoutADriver() {
        List<ModuleFacts> kernel = List.of(aliased("kernel/igb.ko", "pci:v00008086d00001521sv*sd*bc*sc*i*"));

        assertThatThrownBy(() -> select(kernel, set(List.of("pci:8086:15"), List.of("pci:1234:*"))))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("test.yaml:1:7: 'pci:8086:15' fits no alias of a driver of linux 6.12.1-test")
                .hasMessageContaining("test.yaml:1:7: 'pci:1234:*' fits no alias");
    }

    @Test
    void readsOnlyModulesThatMayGoIn() {
        List<ModuleFacts> kernel = List.of(
                depending("kernel/net/bridge.ko", "stp"), module("kernel/net/stp.ko"), module("kernel/net/x25.ko"));
        List<String> read = new ArrayList<>();

        select(kernel, NO_BUILTINS, set(List.of("bridge"), List.of()), read);

        assertThat(read).containsExactly("kernel/net/bridge.ko", "kernel/net/stp.ko");
    }

    @Test
    void reportsEveryRuleThatFitsNothing() {
        List<ModuleFacts> kernel = List.of(module("kernel/net/br_netfilter.ko"));

        assertThatThrownBy(() -> select(kernel, set(List.of("br_netfiter"), List.of("sound/**"))))
                .isInstanceOf(BuildException.class)
                .hasMessage(
                        "test.yaml:1:7: 'br_netfiter' fits no module of linux 6.12.1-test — did you mean 'br_netfilter'?\n"
                                + "test.yaml:1:7: 'sound/**' fits no module of linux 6.12.1-test");
    }

    @Test
    void refusesAKernelThatLacksWhatAModuleDependsOn() {
        List<ModuleFacts> kernel = List.of(depending("kernel/a.ko", "gone"));

        assertThatThrownBy(() -> select(kernel, set(List.of("a"), List.of())))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("kernel/a.ko depends on gone");
    }

    private static ModuleSet set(List<String> modules, List<String> exclude) {
        return new ModuleSet("test", "a set", List.of(), rules(modules), rules(exclude));
    }

    private static List<ModuleRule> rules(List<String> patterns) {
        Position position = new Position("test.yaml", 1, 7);
        return patterns.stream()
                .map(pattern -> new ModuleRule(pattern, "test, group", position))
                .toList();
    }

    private static Map<String, String> select(List<ModuleFacts> kernel, ModuleSet set) {
        return select(kernel, NO_BUILTINS, set);
    }

    private static Map<String, String> select(List<ModuleFacts> kernel, Builtins builtins, ModuleSet set) {
        return select(kernel, builtins, set, new ArrayList<>());
    }

    private static Map<String, String> select(
            List<ModuleFacts> kernel, Builtins builtins, ModuleSet set, List<String> read) {
        ModuleList list = new ModuleList(
                "6.12.1-test", kernel.stream().map(ModuleFacts::path).toList(), builtins);
        Supplier<DriverCatalogue> drivers = () -> {
            read.add("aliases");
            return DriverCatalogue.of(list.release(), builtins, kernel);
        };
        ModuleClosure.Complete complete = ModuleClosure.of(list, ModuleSelection.select(list, set, drivers), paths -> {
            read.addAll(paths);
            return kernel.stream()
                    .filter(module -> paths.contains(module.path()))
                    .toList();
        });
        Map<String, String> reasons = new LinkedHashMap<>();
        complete.selected(Map.of()).forEach(module -> reasons.put(module.name(), module.reason()));
        return reasons;
    }
}
