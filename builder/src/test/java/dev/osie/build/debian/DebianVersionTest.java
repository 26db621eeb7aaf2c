package dev.osie.build.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DebianVersionTest {
    @ParameterizedTest
    @CsvSource({
        "1.0, <, 1.1",
        "1.9, <, 1.10",
        "1.0~rc1, <, 1.0",
        "1.0~~, <, 1.0~",
        "1.0~~a, <, 1.0~",
        "1.0~, <, 1.0~a",
        "1.0, <, 1.0a",
        "1.0a, <, 1.0+",
        "1.0-1+, <, 1.0+",
        "1.0-1, <, 1.0-1+b1",
        "1.0-1~bpo1, <, 1.0-1",
        "2.0, <, 1:1.0",
        "9:1, <, 10:1",
        "0:1.0, =, 1.0",
        "1.0-0, =, 1.0",
        "1.01, =, 1.1",
        "1.0, <, 1.0.0",
        "A, <, a",
        "1a2, <, 1a10",
        "26.1.5+dfsg1-9, <, 26.1.5+dfsg1-9+deb13u1+b1",
        "1:1.3.dfsg+really1.3.1-1, <, 1:1.3.dfsg+really1.3.1-1+b1",
        "99999999999999999999, <, 100000000000000000000",
        "1.2-3-4, <, 1.2-3-5",
        "1.2-4, <, 1.2-3-1",
    })
    void ordersAsPolicySays(String a, char order, String b) {
        int expected = order == '<' ? -1 : 0;

        assertThat(compare(a, b)).as("%s %s %s", a, order, b).isEqualTo(expected);
        assertThat(compare(b, a)).isEqualTo(-expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1 0", "1.0_2", "a:1.0", "-1:2", "1.0\n", "12345678901:1", "1-2:3", "1-"})
    void refusesWhatIsNotAVersion(String text) {
        assertThatThrownBy(() -> new DebianVersion(text)).hasMessageContaining("is not a version");
    }

    /** Asks dpkg about pairs of versions put together from the pieces that decide. */
    @Test
    @Tag("tools")
    void ordersAsDpkgDoes() throws Exception {
        String[] pieces = {"~", "+", ".", "-", "0", "00", "1", "9", "10", "a", "Z", "rc", "dfsg", "deb13u1", "b1"};
        Random random = new Random(20261123);
        List<String> disagreements = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            String a = version(random, pieces);
            String b = random.nextInt(3) == 0 ? a + "~" : version(random, pieces);
            for (String operator : List.of("lt", "eq")) {
                boolean ours = operator.equals("lt") ? compare(a, b) < 0 : compare(a, b) == 0;
                if (ours != dpkg(a, operator, b)) {
                    disagreements.add(a + " " + operator + " " + b);
                }
            }
        }
        assertThat(disagreements).isEmpty();
    }

    private static String version(Random random, String[] pieces) {
        StringBuilder text = new StringBuilder(random.nextInt(4) == 0 ? random.nextInt(3) + ":" : "").append('1');
        int count = random.nextInt(6);
        for (int i = 0; i < count; i++) {
            text.append(pieces[random.nextInt(pieces.length)]);
        }
        // An empty revision is not a version.
        return text.append("0").toString();
    }

    private static boolean dpkg(String a, String operator, String b) throws InterruptedException {
        try {
            Process process = new ProcessBuilder("dpkg", "--compare-versions", a, operator, b)
                    .inheritIO()
                    .start();
            return process.waitFor() == 0;
        } catch (IOException e) {
            throw new AssertionError("dpkg is missing: this test needs a Debian host", e);
        }
    }

    private static int compare(String a, String b) {
        return Integer.signum(new DebianVersion(a).compareTo(new DebianVersion(b)));
    }
}
