package dev.osie.build.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MirrorsTest {
    private static final Instant NOW = Instant.parse("2026-11-23T17:00:00Z");

    @TempDir
    private Path apt;

    @Test
    void asksTheOptionThenTheEnvironmentThenAptThenTheSnapshotService() throws Exception {
        assertThat(find("", Map.of()).debian()).hasToString("https://snapshot.example/archive/debian/20261123T170000Z");
        sources("sources.list", "deb http://apt.example/debian bookworm main");
        assertThat(find("", Map.of()).debian()).hasToString("http://apt.example/debian");
        Map<String, String> environment = Map.of("OSIE_DEBIAN_MIRROR", "http://variable.example/debian");
        assertThat(find("", environment).debian()).hasToString("http://variable.example/debian");
        assertThat(find("http://option.example/debian", environment).debian())
                .hasToString("http://option.example/debian");
    }

    @ParameterizedTest
    @CsvSource({
        "http://m.example/debian, http://m.example/debian, http://m.example/debian-security",
        "http://m.example/pub/debian/, http://m.example/pub/debian, http://m.example/pub/debian-security",
        "http://m.example, http://m.example/debian, http://m.example/debian-security",
        "http://m.example/pub/, http://m.example/pub/debian, http://m.example/pub/debian-security",
        "'https://m.example/a,https://n.example/b/', https://m.example/a, https://n.example/b",
        "'http://m.example/a http://n.example/b', http://m.example/a, http://n.example/b",
        "file:///srv/debian, file:///srv/debian, file:///srv/debian-security",
    })
    void understandsHowAMirrorIsNamed(String option, String debian, String security) {
        Mirror mirror = find(option, Map.of());

        assertThat(mirror.debian()).hasToString(debian);
        assertThat(mirror.security()).hasToString(security);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mirror.example/debian",
                "ftp://mirror.example/debian",
                "http:/debian",
                "http://m.example/?q",
                "http://a.example http://b.example http://c.example",
                "http://bad host/",
                ""
            })
    void refusesWhatIsNotAnAddress(String option) {
        assertThatThrownBy(() -> mirrors(Map.of()).find(Optional.of(option), Optional.empty()))
                .isInstanceOfSatisfying(
                        BuildException.class, e -> assertThat(e.kind()).isEqualTo(BuildException.Kind.BAD_INPUT))
                .hasMessageContaining("--mirror");
    }

    @Test
    void doesNotShowThePasswordOfAnAddress() {
        assertThatThrownBy(() -> find("ftp://me:s3cret@mirror.example/debian", Map.of()))
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void readsOneLineSources() throws Exception {
        sources(
                "sources.list",
                "# deb http://comment.example/debian trixie main",
                "deb-src http://source.example/debian trixie main",
                "deb https://packages.example/apt stable main",
                "deb http://archive.example/ubuntu noble main",
                "  deb [ arch=amd64 signed-by=/usr/share/keyrings/x.gpg ] http://mirror.example/debian/ trixie main # first",
                "deb http://second.example/debian trixie main",
                "deb http://security.example/debian-security trixie-security main");

        Mirror mirror = find("", Map.of());

        assertThat(mirror.debian()).hasToString("http://mirror.example/debian");
        assertThat(mirror.security()).hasToString("http://security.example/debian-security");
        assertThat(mirror.origin()).isEqualTo(apt.resolve("sources.list").toString());
    }

    @Test
    void readsStanzasOfSources() throws Exception {
        sources(
                "sources.list.d/debian.sources",
                "Types: deb deb-src",
                "# a comment between fields",
                "URIs:",
                " http://mirror.example/debian",
                " http://second.example/debian",
                "Suites: bookworm bookworm-updates",
                "Components: main",
                "",
                "Enabled: no",
                "Types: deb",
                "URIs: http://disabled.example/debian-security",
                "",
                "types: deb",
                "uris: http://security.example/debian-security/",
                "suites: bookworm-security");

        Mirror mirror = find("", Map.of());

        assertThat(mirror.debian()).hasToString("http://mirror.example/debian");
        assertThat(mirror.security()).hasToString("http://security.example/debian-security");
    }

    @Test
    void readsTheListOfMirrorsThatCloudImagesHave() throws Exception {
        Path list =
                sources("mirrors/debian.list", "# chosen by the cloud", "", "https://cloud.example/debian priority:1");
        sources(
                "sources.list.d/debian.sources",
                "Types: deb",
                "URIs: mirror+" + list.toUri().toString().replace("///", "/"));

        assertThat(find("", Map.of()).debian()).hasToString("https://cloud.example/debian");
    }

    @Test
    void expectsSecurityBesideDebianWhenAptDoesNotNameIt() throws Exception {
        sources("sources.list.d/a.list", "deb http://mirror.example/pub/debian trixie main");

        assertThat(find("", Map.of()).security()).hasToString("http://mirror.example/pub/debian-security");
    }

    @Test
    void passesOverSourcesItCannotUnderstand() throws Exception {
        sources("sources.list", "deb cdrom:[Debian 13]/debian trixie main", "deb", "deb http://bad host/debian x y");
        sources("sources.list.d/b.sources", "URIs", "  continued", ":", "Types: deb");
        sources("sources.list.d/c.list.disabled", "deb http://disabled.example/debian trixie main");
        Files.write(apt.resolve("sources.list.d/d.list"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});

        assertThat(find("", Map.of()).origin()).startsWith("the snapshot service");
    }

    @Test
    void asksTheSnapshotServiceForTheStateAfterTheLock() {
        Instant old = Instant.parse("2026-01-31T20:00:00Z");

        assertThat(mirrors(Map.of()).fallback(Optional.of(old)).state().resolve(Archive.SECURITY, "pool/a+b.deb"))
                .hasToString("https://snapshot.example/archive/debian-security/20260201T080000Z/pool/a%2Bb.deb");
        assertThat(mirrors(Map.of()).fallback(Optional.of(NOW)).state().debian())
                .as("not later than now")
                .hasToString("https://snapshot.example/archive/debian/20261123T170000Z");
    }

    @Test
    void asksTheSnapshotServiceThatIsNamed() {
        Map<String, String> environment = Map.of("OSIE_DEBIAN_SNAPSHOT", " http://variable.example/ ");

        assertThat(Mirrors.snapshots(Optional.empty(), Map.of())).hasToString("https://snapshot.debian.org");
        assertThat(Mirrors.snapshots(Optional.empty(), environment)).hasToString("http://variable.example");
        assertThat(Mirrors.snapshots(Optional.of("http://option.example/a//"), environment))
                .hasToString("http://option.example/a");
        assertThatThrownBy(() -> Mirrors.snapshots(Optional.of("snapshot.example"), environment))
                .hasMessageContaining("'snapshot.example' (from --snapshot) is not an address");
    }

    private Mirror find(String option, Map<String, String> environment) {
        return mirrors(environment).find(Optional.of(option).filter(text -> !text.isEmpty()), Optional.empty());
    }

    private Mirrors mirrors(Map<String, String> environment) {
        SnapshotService snapshots = new SnapshotService(URI.create("https://snapshot.example"));
        return new Mirrors(environment, apt, snapshots, Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private Path sources(String name, String... lines) throws IOException {
        Path file = apt.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, String.join("\n", lines) + "\n");
    }
}
