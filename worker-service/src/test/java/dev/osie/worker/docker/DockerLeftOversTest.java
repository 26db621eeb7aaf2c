package dev.osie.worker.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.worker.action.Outcome;
import dev.osie.worker.container.EngineSite;
import dev.osie.worker.container.LeftOversContract;
import dev.osie.worker.container.TestAction;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DockerLeftOversTest extends LeftOversContract {
    @TempDir
    private static Path siteDirectory;

    private static DockerSite site;

    @BeforeAll
    static void start() throws Exception {
        site = new DockerSite(siteDirectory);
    }

    @AfterAll
    static void stop() throws Exception {
        site.stop();
    }

    @Override
    protected EngineSite site() {
        return site;
    }

    @Test
    void theOutputOfASuccessWhileNobodyLookedIsShown() throws Exception {
        TestAction action = inDirectory("a", UNTIL_END + "echo done");
        leave(action);
        Files.createFile(directory.resolve("end"));
        site.awaitEnd();

        assertThat(run(action)).isEqualTo(Outcome.success());

        assertThat(console()).contains("step | started", "step | done");
    }
}
