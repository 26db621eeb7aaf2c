package dev.osie.build.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.hardware.Coverage.Verdict;
import dev.osie.build.kernel.DriverCatalogue;
import dev.osie.build.kernel.DriverCatalogue.Driver;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DriverCheckTest {
    private static final DriverCatalogue KERNEL = new DriverCatalogue(
            "6.12.1",
            List.of(
                    new Driver("serial", "", List.of("pci:v*d*sv*sd*bc07sc00i*"), List.of()),
                    new Driver(
                            "bnx2",
                            "kernel/drivers/net/bnx2.ko.xz",
                            List.of("pci:v000014E4d0000164Csv*sd*bc*sc*i*"),
                            List.of("bnx2/one.fw", "bnx2/two.fw", "brcm/some*.bin")),
                    new Driver(
                            "old",
                            "kernel/drivers/scsi/old.ko.xz",
                            List.of("pci:v00001000d0000005Dsv00001000sd*bc*sc*i*"),
                            List.of()),
                    new Driver(
                            "new",
                            "kernel/drivers/scsi/new.ko.xz",
                            List.of("pci:v00001000d0000005Dsv*sd*bc*sc*i*"),
                            List.of())));

    private final DriverCheck check = new DriverCheck(
            KERNEL,
            Stream.of(
                    "usr/lib/modules/6.12.1/kernel/drivers/net/bnx2.ko.xz",
                    "usr/lib/modules/6.12.1/modules.dep",
                    "lib/modules/6.1.0/kernel/drivers/scsi/new.ko.xz",
                    "usr/lib/firmware/bnx2/one.fw.xz",
                    "lib/firmware/brcm/some1.bin"));

    @Test
    void findsWhatIsInTheImageAndItsFirmware() {
        Coverage coverage = check.check(device("14e4:164c"));

        assertThat(coverage.verdict()).isEqualTo(Verdict.IN_IMAGE);
        assertThat(coverage.drivers()).containsExactly("bnx2");
        assertThat(coverage.firmware())
                .containsEntry("bnx2/one.fw", true)
                .containsEntry("bnx2/two.fw", false)
                .containsEntry("brcm/some*.bin", true);
        assertThat(coverage.lacksFirmware()).isTrue();
        assertThat(coverage.isCovered()).isTrue();
    }

    @Test
    void findsWhatOnlyTheKernelHasAndPrefersCertainty() {
        Coverage coverage = check.check(device("1000:005d"));

        assertThat(coverage.verdict()).isEqualTo(Verdict.NOT_IN_IMAGE);
        assertThat(coverage.drivers()).containsExactly("new");
        assertThat(coverage.certain()).isTrue();
        assertThat(coverage.isCovered()).isFalse();
    }

    @Test
    void findsWhatIsBuiltIn() {
        Coverage coverage = check.check(device("00:16.3 Serial controller [0700]: Intel [8086:a13d]"));

        assertThat(coverage.verdict()).isEqualTo(Verdict.BUILT_IN);
        assertThat(coverage.isCovered()).isTrue();
    }

    @Test
    void asksForNoDriverOfABridge() {
        assertThat(check.check(device("00:00.0 Host bridge [0600]: Intel [8086:1237]")))
                .matches(Coverage::isCovered)
                .extracting(Coverage::verdict)
                .isEqualTo(Verdict.NO_DRIVER);
        assertThat(check.check(device("04:00.0 Ethernet controller [0200]: Somebody [1234:5678]")))
                .matches(coverage -> !coverage.isCovered());
    }

    private static Device device(String line) {
        return DeviceList.read("machine", line).get(0);
    }
}
