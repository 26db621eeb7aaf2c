package dev.osie.build.jlink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PerfectHashTest {
    @Test
    void findsEveryNameAtAPlaceOfItsOwn() {
        List<byte[]> names = IntStream.range(0, 5000)
                .mapToObj(i -> ("/java.base/p" + i % 37 + "/C" + i + ".class").getBytes(StandardCharsets.UTF_8))
                .toList();

        PerfectHash hash = PerfectHash.of(names);

        for (int i = 0; i < names.size(); i++) {
            assertThat(hash.order()[place(hash, names.get(i))]).isEqualTo(i);
        }
    }

    @Test
    void holdsASingleName() {
        PerfectHash hash = PerfectHash.of(List.of("x".getBytes(StandardCharsets.UTF_8)));

        assertThat(hash.redirect()).containsExactly(-1);
        assertThat(hash.order()).containsExactly(0);
    }

    /** As the virtual machine looks a name up. */
    private static int place(PerfectHash hash, byte[] name) {
        int length = hash.redirect().length;
        int redirect = hash.redirect()[PerfectHash.hash(name, 0x01000193) % length];
        return redirect < 0 ? -1 - redirect : PerfectHash.hash(name, redirect) % length;
    }
}
