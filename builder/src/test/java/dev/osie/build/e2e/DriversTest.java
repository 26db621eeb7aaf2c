package dev.osie.build.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the verbs drivers and modules say of the image that is shipped. */
@Tag("tools")
final class DriversTest {
    private static final String MACHINE = """
            00:00.0 Host bridge [0600]: Intel Corporation 440FX - 82441FX PMC [Natoma] [8086:1237] (rev 02)
            00:17.0 SATA controller [0106]: Intel Corporation SATA Controller [8086:a102] (rev 31) (prog-if 01 [AHCI 1.0])
            01:00.0 Ethernet controller [0200]: Intel Corporation I350 Gigabit Network Connection [8086:1521] (rev 01)
            02:00.0 Network controller [0280]: Intel Corporation Wi-Fi 6 AX200 [8086:2723] (rev 1a)
            03:00.0 RAID bus controller [0104]: Broadcom / LSI MegaRAID SAS-3 3108 [Invader] [1000:005d] (rev 02)
            """;

    @TempDir
    private Path directory;

    private Reference reference;

    @BeforeEach
    void build() throws Exception {
        reference = Reference.build();
    }

    @Test
    void namesWhatIsMissingAndTheOverlayThatAddsIt() throws Exception {
        Path list = Files.writeString(directory.resolve("machine.txt"), MACHINE);

        OsieBuild.Result lacking = run("drivers", list.toString());

        assertThat(lacking.exitCode()).as(lacking.errors()).isEqualTo(4);
        assertThat(lacking.output())
                .contains("[8086:1237] (rev 02)\n    no driver in this kernel, and needs none here\n")
                .contains("(prog-if 01 [AHCI 1.0])\n    ahci: in the image\n")
                .contains("[8086:1521] (rev 01)\n    igb: in the image\n")
                .contains("[8086:2723] (rev 1a)\n    iwlwifi: in the kernel, not in this image\n")
                .contains("[1000:005d] (rev 02)\n    megaraid_sas: in the image\n")
                .contains("1 of 5 devices lack a driver (linux 6.");

        String overlay = lacking.output().substring(lacking.output().indexOf("osie:"));
        Path file = Files.writeString(directory.resolve("overlay.yaml"), overlay);
        OsieBuild.Result covered = run("drivers", list.toString(), "--overlay", file.toString());
        assertThat(covered.output()).contains("iwlwifi: in the image");
        assertThat(covered.exitCode()).as(covered.output() + covered.errors()).isZero();
    }

    @Test
    void printsJson() throws Exception {
        OsieBuild.Result result = run("drivers", "--json", "8086:10d3", "usb:0bda:8153", "1234:5678");

        assertThat(result.exitCode()).isEqualTo(4);
        JsonNode devices = new ObjectMapper().readTree(result.output());
        assertThat(devices).hasSize(3);
        assertThat(devices.get(0).get("drivers").get(0).asText()).isEqualTo("e1000e");
        assertThat(devices.get(1).get("drivers").get(0).asText()).isEqualTo("r8152");
        assertThat(devices.get(1).get("firmware").fieldNames()).toIterable().contains("rtl_nic/rtl8153a-4.fw");
        assertThat(devices.get(2).get("verdict").asText()).isEqualTo("no driver in this kernel");
    }

    @Test
    void listsTheModulesOfTheImageAndWhy() throws Exception {
        OsieBuild.Result result = run("modules", "--json");

        JsonNode modules = new ObjectMapper().readTree(result.succeeded().output());
        List<String> names = new ArrayList<>();
        modules.forEach(module -> names.add(module.get("name").asText()));
        assertThat(names).contains("ext4", "jbd2", "virtio_net").doesNotContain("iwlwifi");
        assertThat(StreamSupport.stream(modules.spliterator(), false))
                .filteredOn(module -> module.get("name").asText().equals("jbd2"))
                .extracting(module -> module.get("reason").asText())
                .containsExactly("needed by ext4");
        assertThat(run("modules").succeeded().output().lines()).hasSize(names.size());
    }

    private OsieBuild.Result run(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--lock", reference.lock().toString()));
        return Project.checkout().osieBuild().cachingIn(reference.cache()).run(all.toArray(String[]::new));
    }
}
