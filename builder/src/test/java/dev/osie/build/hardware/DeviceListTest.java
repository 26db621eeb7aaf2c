package dev.osie.build.hardware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeviceListTest {
    private static final String IGB = "pci:v00008086d00001521sv*sd*bc*sc*i*";
    private static final String AHCI = "pci:v*d*sv*sd*bc01sc06i01*";
    private static final String ONE_CARD = "pci:v00001000d0000005Dsv00001028sd00001F47bc*sc*i*";

    @Test
    void readsLspciWithNumbers() {
        List<Device> devices = DeviceList.read("machine", """
                00:00.0 Host bridge [0600]: Intel Corporation 440FX [8086:1237] (rev 02)
                0000:01:00.0 Ethernet controller [0200]: Intel Corporation I350 [8086:1521] (rev 01)
                00:17.0 SATA controller [0106]: Intel [8086:a102] (rev 31) (prog-if 01 [AHCI 1.0])
                03:00.0 RAID bus controller [0104]: Broadcom [Invader] [1000:005d] (rev 02)
                \tSubsystem: Dell PERC H730 Mini [1028:1f47]
                \tKernel driver in use: megaraid_sas
                """);

        assertThat(devices).hasSize(4);
        assertThat(devices).extracting(Device::isNeeded).containsExactly(false, true, true, true);
        assertThat(fit(devices.get(1), IGB)).isEqualTo(Modalias.Fit.CERTAINLY);
        assertThat(fit(devices.get(1), ONE_CARD)).isEqualTo(Modalias.Fit.NOT);
        assertThat(fit(devices.get(2), AHCI)).isEqualTo(Modalias.Fit.CERTAINLY);
        assertThat(fit(devices.get(3), ONE_CARD)).isEqualTo(Modalias.Fit.CERTAINLY);
        assertThat(devices.get(1).name())
                .startsWith("0000:01:00.0 Ethernet controller")
                .endsWith("(rev 01)");
    }

    @Test
    void readsLspciOfNumbersAlone() {
        List<Device> devices = DeviceList.read("machine", "01:00.0 0200: 8086:1521 (rev 01)\n");

        assertThat(fit(devices.get(0), IGB)).isEqualTo(Modalias.Fit.CERTAINLY);
        assertThat(devices.get(0).isNeeded()).isTrue();
    }

    @Test
    void saysPerhapsWhereTheListDoesNotTell() {
        Device raid = DeviceList.read("machine", "1000:005d").get(0);
        Device disk = DeviceList.read("machine", "00:17.0 SATA controller [0106]: Intel [8086:a102]")
                .get(0);

        assertThat(fit(raid, ONE_CARD)).isEqualTo(Modalias.Fit.PERHAPS);
        assertThat(fit(disk, AHCI)).isEqualTo(Modalias.Fit.PERHAPS);
        assertThat(fit(raid, AHCI)).as("whose class is not known").isEqualTo(Modalias.Fit.NOT);
        assertThat(raid.modalias().lacksClass()).isTrue();
        assertThat(fit(disk, "pci:v*d*sv*sd*bc02sc00i*")).isEqualTo(Modalias.Fit.NOT);
    }

    @Test
    void readsLsusbWithoutTheKernelsOwnHubs() {
        List<Device> devices = DeviceList.read("machine", """
                Bus 001 Device 001: ID 1d6b:0002 Linux Foundation 2.0 root hub
                Bus 002 Device 003: ID 0bda:8153 Realtek Semiconductor Corp. RTL8153
                """);

        assertThat(devices).hasSize(1);
        assertThat(fit(devices.get(0), "usb:v0BDAp8153d*dc*dsc*dp*icFFiscFFip00in*"))
                .isEqualTo(Modalias.Fit.PERHAPS);
        assertThat(fit(devices.get(0), "usb:v0BDAp8156d*dc*dsc*dp*ic*isc*ip*in*"))
                .isEqualTo(Modalias.Fit.NOT);
        assertThat(fit(DeviceList.read("x", "usb:0bda:8153").get(0), "usb:v0BDAp8153d[0-2]*dc*dsc*dp*ic*isc*ip*in*"))
                .isEqualTo(Modalias.Fit.PERHAPS);
    }

    @Test
    void readsModaliasesOfAnyBus() {
        List<Device> devices = DeviceList.read("machine", """
                # of /sys
                pci:v00008086d00001521sv00008086sd00000001bc02sc00i00
                acpi:IPI0001:
                virtio:d00000001v00001AF4
                usb:v0BDAp8153d3000dc00dsc00dp00icFFiscFFip00in00
                of:NethernetT(null)Cfoo,bar-baz
                """);

        assertThat(fit(devices.get(0), IGB)).isEqualTo(Modalias.Fit.CERTAINLY);
        assertThat(fit(devices.get(1), "acpi*:IPI0001:*")).isEqualTo(Modalias.Fit.CERTAINLY);
        assertThat(fit(devices.get(2), "virtio:d00000001v*")).isEqualTo(Modalias.Fit.CERTAINLY);
        assertThat(fit(devices.get(3), "usb:v0BDAp8153d[0-3]*dc*dsc*dp*icFFiscFFip*in*"))
                .isEqualTo(Modalias.Fit.CERTAINLY);
        assertThat(fit(devices.get(4), "of:N*T*Cfoo,bar_bazC*")).isEqualTo(Modalias.Fit.NOT);
        assertThat(fit(devices.get(4), "of:N*T*Cfoo,bar_baz")).isEqualTo(Modalias.Fit.CERTAINLY);
    }

    @Test
    void findsModaliasesInJson() {
        List<Device> devices = DeviceList.read("inventory.json", """
                {"pci": [{"vendor": "Intel", "product": "I350",
                          "modalias": "pci:v00008086d00001521sv00008086sd00000001bc02sc00i00"}],
                 "cpu": {"total_cores": 4}, "usb": [{"modalias": 7}]}
                """);

        assertThat(devices).hasSize(1);
        assertThat(devices.get(0).name()).startsWith("Intel I350");
        assertThat(devices.get(0).isNeeded()).isTrue();
    }

    @Test
    void countsADeviceOnce() {
        assertThat(DeviceList.read("ids", "8086:1521\n8086:1521\n\n8086:1522\n"))
                .hasSize(2);
    }

    @Test
    void namesEveryLineThatIsNoDevice() {
        assertThatThrownBy(() -> DeviceList.read("fleet.txt", "8086:1521\n8086:15\nhello\n" + "x".repeat(5000)))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("fleet.txt:2:1: '8086:15' is no device: expected what lspci -nn")
                .hasMessageContaining("fleet.txt:3:1: 'hello'")
                .hasMessageContaining("fleet.txt:4:1: a line of 5000 characters");
        assertThatThrownBy(() -> DeviceList.read("fleet.txt", "\n# none\n"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("there is no device in it");
        assertThatThrownBy(() -> DeviceList.read("inventory.json", "{\"pci\": [\n1"))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("inventory.json:2:")
                .hasMessageContaining("this is no JSON");
    }

    private static Modalias.Fit fit(Device device, String alias) {
        return device.modalias().fit(alias);
    }
}
