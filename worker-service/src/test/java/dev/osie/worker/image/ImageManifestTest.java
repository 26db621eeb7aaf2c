package dev.osie.worker.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ImageManifestTest {
    private static final String A = "sha256:" + "a".repeat(64);
    private static final String B = "sha256:" + "b".repeat(64);

    @Test
    void choosesTheManifestOfTheMachinesArchitecture() throws IOException {
        byte[] index = json("{'manifests':[{'digest':'" + A
                + "','size':1,'platform':{'os':'linux','architecture':'amd64'}},{'digest':'" + B
                + "','size':2,'platform':{'os':'linux','architecture':'arm64','variant':'v8'}}]}");

        assertThat(ImageManifest.choose(index, "arm64").digest()).isEqualTo(B);
        assertThatThrownBy(() -> ImageManifest.choose(index, "riscv64"))
                .hasMessage("the image is not for linux/riscv64");
    }

    @Test
    void refusesWhatNamesNoBlob() {
        assertThatThrownBy(() -> ImageManifest.read(json("{'config':{'digest':'sha256:../../x','size':1}}")))
                .hasMessage("the image's manifest has a digest that isn't one of SHA-256");
        assertThatThrownBy(() -> ImageManifest.read(json("{'config':{'digest':'" + A + "'}}")))
                .hasMessage("the image's manifest has a blob without a size");
    }

    @Test
    void aChainIdIsThatOfItsLayerAndAllBelow() throws IOException {
        ImageConfig config =
                ImageConfig.read(json("{'rootfs':{'diff_ids':['" + A + "','" + B + "']},'config':{'Cmd':['x']}}"));

        assertThat(config.chain()).containsExactly(A, Descriptor.digestOf((A + " " + B).getBytes(UTF_8)));
        assertThat(config.command()).containsExactly("x");
        assertThat(config.entrypoint()).isEmpty();
    }

    private static byte[] json(String text) {
        return text.replace('\'', '"').getBytes(UTF_8);
    }
}
