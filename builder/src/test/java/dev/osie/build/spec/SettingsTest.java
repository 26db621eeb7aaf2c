package dev.osie.build.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import dev.osie.build.spec.Supervision.Exec;
import dev.osie.build.spec.Supervision.Http;
import dev.osie.build.spec.Supervision.PathMade;
import dev.osie.build.spec.Supervision.Predecessor;
import dev.osie.build.spec.Supervision.Readiness;
import dev.osie.build.spec.Supervision.Restart;
import dev.osie.build.spec.Supervision.Tcp;
import dev.osie.build.yaml.YamlReader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    @Test
    void readsEverySetting() {
        OsieDocument document = read("""
                services: [{ name: a, image: i }, { name: b, image: i }]
                onboot: [{ name: once, image: i }]
                osie:
                  defaults: { hardened: true }
                  onboot:
                    once: { hardened: false }
                  services:
                    a:
                      after: [b]
                      ready: { file: /run/a.sock, timeout: 2m, interval: 250ms }
                      restart: on-failure
                      resources: { unified: { memory.max: "512M", hugetlb.2MB.max: "0" } }
                      seccomp: unconfined
                      masked-paths: none
                """);
        Settings settings = document.settings();
        ContainerEntry a = document.services().get(0);

        assertThat(settings.isHardened(a)).isTrue();
        assertThat(settings.isHardened(document.onboot().get(0))).isFalse();
        assertThat(settings.of(a).unified())
                .containsExactlyInAnyOrderEntriesOf(Map.of("memory.max", "512M", "hugetlb.2MB.max", "0"));
        assertThat(settings.of(a).seccomp().orElseThrow().isUnconfined()).isTrue();
        assertThat(settings.of(a).masksPaths()).contains(false);
        Supervision supervision = settings.supervision("a");
        assertThat(supervision.after()).extracting(Predecessor::name).containsExactly("b");
        assertThat(supervision.restart()).isEqualTo(Restart.ON_FAILURE);
        assertThat(supervision.ready())
                .contains(new Readiness(new PathMade("/run/a.sock"), Duration.ofMinutes(2), Duration.ofMillis(250)));
        assertThat(settings.supervision("b")).isEqualTo(Supervision.NONE);
    }

    @Test
    void saysNothingOfPlainLinuxKitDocuments() {
        OsieDocument document = read("services: [{ name: a, image: i }]");

        assertThat(document.settings()).isEqualTo(Settings.NONE);
        assertThat(document.settings().isHardened(document.services().get(0))).isFalse();
    }

    @Test
    void readsEveryProbe() {
        assertThat(readiness("{ exec: [/bin/check, -q] }").probe()).isEqualTo(new Exec(List.of("/bin/check", "-q")));
        assertThat(readiness("{ tcp: \"127.0.0.1:2375\" }").probe()).isEqualTo(new Tcp("127.0.0.1", 2375));
        assertThat(readiness("{ tcp: \"[::1]:80\" }").probe()).isEqualTo(new Tcp("::1", 80));
        assertThat(readiness("{ http: \"http://127.0.0.1/x\" }").probe()).isEqualTo(new Http("http://127.0.0.1/x"));
        assertThat(readiness("{ file: /x }").timeout()).isEqualTo(Duration.ofSeconds(60));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        { hardend: true }                        | unknown key 'hardend' in the settings of service 'a' — did you mean 'hardened'?
        { restart: sometimes }                   | 'restart' of the settings of service 'a' must be always, on-failure or never, not 'sometimes'
        { masked-paths: all }                    | must be default or none, not 'all'
        { ready: { timeout: 1s } }               | needs exactly one of file, exec, tcp, http
        { ready: { file: /x, tcp: "a:1" } }      | needs exactly one of file, exec, tcp, http
        { ready: { file: x } }                   | must be a path of the machine
        { ready: { exec: [] } }                  | must name a program and its arguments
        { ready: { tcp: "2375" } }               | must have the form HOST:PORT
        { ready: { tcp: "a:65536" } }            | must have the form HOST:PORT
        { ready: { http: "ftp://a" } }           | must be an address that begins with http:// or https://
        { ready: { file: /x, timeout: 5 } }      | 'timeout' of 'ready' of the settings of service 'a' must be text
        { ready: { file: /x, timeout: 99ms } }   | must be from 100ms to 60m
        { ready: { file: /x, interval: 61m } }   | must be from 100ms to 60m
        { resources: { unified: { memry.max: "1" } } }   | is no file of a cgroup v2 controller — did you mean 'memory'?
        { resources: { unified: { memory/../x: "1" } } } | is no file of a cgroup v2 controller
        { resources: { unified: { pids.max: 5 } } }      | write "5" with quotes
        { resources: { memory: { limit: 5 } } }          | unknown key 'memory'
        """)
    void saysWhatIsWrongWithASetting(String settings, String message) {
        assertThatThrownBy(() -> read("services: [{ name: a, image: i }]\nosie: { services: { a: " + settings + " } }"))
                .hasMessageStartingWith("t.yaml:2:")
                .hasMessageContaining(message);
    }

    @Test
    void refusesSupervisionOfContainersThatRunOnce() {
        assertThatThrownBy(() -> read("onboot: [{ name: a, image: i }]\nosie: { onboot: { a: { restart: never } } }"))
                .hasMessageContaining("t.yaml:2:24: unknown key 'restart' in the settings of onboot 'a'");
    }

    @Test
    void suggestsTheContainerThatIsMeant() {
        assertThatThrownBy(() -> read("""
                        services: [{ name: docker, image: i }]
                        osie:
                          services:
                            dokcer: {}
                            docker: { after: [dcp] }
                        """))
                .hasMessageContaining(
                        "t.yaml:4:5: the document has no service 'dokcer' — did you mean 'docker'? ('dokcer: null' takes out")
                .hasMessageContaining("t.yaml:5:23: the document has no service 'dcp' — there are docker");
    }

    @Test
    void namesTheServicesThatWaitForEachOther() {
        assertThatThrownBy(() -> read("""
                        services: [{ name: a, image: i }, { name: b, image: i }, { name: c, image: i }]
                        osie:
                          services:
                            a: { after: [b] }
                            b: { after: [c] }
                            c: { after: [b] }
                        """))
                .hasMessage("t.yaml:6:18: services wait for each other for ever: b after c after b");
        assertThatThrownBy(() -> read("services: [{ name: a, image: i }]\nosie: { services: { a: { after: [a] } } }"))
                .hasMessageContaining("services wait for each other for ever: a after a");
    }

    @Test
    void refusesAnEndlessChain() {
        StringBuilder services = new StringBuilder("services:\n");
        StringBuilder settings = new StringBuilder("osie:\n  services:\n");
        for (int i = 0; i < 20_000; i++) {
            services.append("  - { name: s").append(i).append(", image: i }\n");
            settings.append("    s")
                    .append(i)
                    .append(": { after: [s")
                    .append(i + 1)
                    .append("] }\n");
        }
        services.append("  - { name: s20000, image: i }\n");

        assertThatThrownBy(() -> read(services.toString() + settings))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("more than 100 services wait for each other in a row");
    }

    @Test
    void ranksServicesByTheLongestChainBeforeThem() {
        OsieDocument document = read("""
                services: [{ name: a, image: i }, { name: b, image: i }, { name: c, image: i }, { name: d, image: i }]
                osie:
                  services:
                    d: { after: [a, c] }
                    c: { after: [b] }
                """);
        ServiceOrder order = new ServiceOrder(document);

        assertThat(List.of("a", "b", "c", "d")).extracting(order::rank).containsExactly(0, 0, 1, 2);
    }

    private static Readiness readiness(String ready) {
        return read("services: [{ name: a, image: i }]\nosie: { services: { a: { ready: " + ready + " } } }")
                .settings()
                .supervision("a")
                .ready()
                .orElseThrow();
    }

    private static OsieDocument read(String yaml) {
        return OsieDocument.read(YamlReader.read("t.yaml", yaml));
    }
}
