package dev.osie.build.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.failure.BuildException;
import dev.osie.build.spec.ImageName;
import dev.osie.build.spec.LinuxKitWriter;
import dev.osie.build.spec.Mutation;
import dev.osie.build.spec.OsieDocument;
import dev.osie.build.yaml.YamlReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Changes a document at random: it is refused with our own error, or it goes all the way to bundles and back to YAML. */
class DocumentMutationTest {
    private static final int ROUNDS = Integer.getInteger("mutations", 3_000);

    private static final String SEED = """
            kernel: { image: k, cmdline: "console=ttyS0", tar: none }
            init: [a, "@image:init"]
            volumes: [{ name: v, readonly: true }]
            onboot:
              - name: first
                image: &i docker.io/x:1@sha256:00
                capabilities: [all]
                binds: ["v:/v:ro", "/a:/b"]
                runtime: { cgroups: [c], mkdir: [/m, n], mounts: [{ type: tmpfs, destination: /t, options: [ro] }] }
            services:
              - name: s
                image: *i
                env: [A=1]
                uid: first
                gid: 0x10
                rlimits: ["NOFILE,1,2"]
                devices: [{ path: /dev/x, type: c, major: 1, minor: 2, mode: "0600" }]
                resources: { memory: { limit: 5 }, blockio: { weight: 1 } }
                net: /run/net
                oomScoreAdj: -5
                sysctl: { a: "1" }
                uidMappings: [{ hostID: 1, containerID: 0, size: 2 }]
            files:
              - { path: etc/x, contents: "é\\n", mode: "0644" }
              - { path: l, symlink: /x }
            osie:
              kernel: { modules: [m], modules.add: [n] }
              vars: { A: b, C: }
              defaults: { hardened: true }
              services: { s: { ready: { tcp: "a:1", timeout: 5s }, restart: never, resources: { unified: { pids.max: "1" } } } }
            """;

    @Test
    void failsWithNothingButOurOwnError() {
        assertThat(acceptsOrRefuses(SEED)).as("the document before any change").isTrue();
        Random random = new Random(20261123);
        int accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String text = SEED;
            for (int change = 0; change <= random.nextInt(4); change++) {
                text = Mutation.of(text, random);
            }
            accepted += acceptsOrRefuses(text) ? 1 : 0;
        }
        assertThat(accepted).as("mutated documents that are still valid").isGreaterThan(ROUNDS / 100);
    }

    private static boolean acceptsOrRefuses(String text) {
        OsieDocument document;
        try {
            document = OsieDocument.read(YamlReader.read("t.yaml", text));
        } catch (BuildException refused) {
            return false;
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError("escaped from the document:\n" + text, e);
        }
        try {
            Bundles.of(document, name -> image(), file -> Path.of("none"), ImageLayout.SHARED, 0);
        } catch (BuildException refused) {
            return false;
        } catch (RuntimeException e) {
            throw new AssertionError("escaped from the bundles of:\n" + text, e);
        }
        LinuxKitWriter writer = new LinuxKitWriter(ImageName::text);
        String written = writer.write(document, Optional.empty());
        if (!written.isBlank() && !written.equals("{}\n")) {
            OsieDocument again = OsieDocument.read(YamlReader.read("written", written));
            assertThat(writer.write(again, Optional.empty())).isEqualTo(written);
            assertThat(again.services()).hasSameSizeAs(document.services());
        }
        return true;
    }

    private static ContainerImage image() {
        return new ContainerImage(List.of("/x"), List.of(), List.of(), "", "", Optional.empty(), List.of("aa"));
    }
}
