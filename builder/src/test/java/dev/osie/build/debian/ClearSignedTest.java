package dev.osie.build.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ClearSignedTest {
    private static final String SIGNED = """
            -----BEGIN PGP SIGNED MESSAGE-----
            Hash: SHA256

            Suite: stable \t
            - -dashed

            -----BEGIN PGP SIGNATURE-----

            iQIzBAEB
            -----END PGP SIGNATURE-----
            """;

    @Test
    void takesTextAndSignedBytesApart() throws Exception {
        ClearSigned message = parse(SIGNED);

        assertThat(message.text()).isEqualTo("Suite: stable\n-dashed\n\n");
        assertThat(message.signed()).asString().isEqualTo("Suite: stable\r\n-dashed\r\n");
        assertThat(message.signature()).asString().startsWith("-----BEGIN PGP SIGNATURE-----\n");
    }

    @Test
    void refusesATextThatIsNotSigned() {
        assertRefused("Suite: stable\n", "it is not signed");
        assertRefused("", "it is not signed");
    }

    @Test
    void refusesWhatStandsBeforeTheSignedText() {
        assertRefused("Suite: evil\n" + SIGNED, "it is not signed");
        assertRefused(SIGNED.replace("Hash: SHA256\n", "Hash: SHA256\nSuite: evil\n"), "before the signed text");
    }

    @Test
    void refusesWhatFollowsTheSignature() {
        assertRefused(SIGNED + "Suite: evil\n", "something follows its signature");
        assertRefused(SIGNED + SIGNED, "something follows its signature");
    }

    @Test
    void refusesASecondMessageWithinTheText() {
        assertRefused(SIGNED.replace("Suite: stable", "-----BEGIN PGP SIGNED MESSAGE-----"), "begins with a bare '-'");
    }

    @Test
    void refusesATextThatIsCutOff() {
        assertRefused(SIGNED.substring(0, SIGNED.indexOf("-----BEGIN PGP SIGNATURE")), "missing or cut off");
        assertRefused(SIGNED.substring(0, SIGNED.indexOf("-----END")), "missing or cut off");
    }

    @Test
    void refusesCarriageReturns() {
        assertRefused(SIGNED.replace("stable", "stable\rSuite: evil"), "carriage returns");
    }

    private static void assertRefused(String text, String reason) {
        assertThatThrownBy(() -> parse(text)).isInstanceOf(IOException.class).hasMessageContaining(reason);
    }

    private static ClearSigned parse(String text) throws IOException {
        return ClearSigned.parse(text.getBytes(StandardCharsets.UTF_8));
    }
}
