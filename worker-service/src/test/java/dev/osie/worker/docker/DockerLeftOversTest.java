package dev.osie.worker.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.worker.action.Outcome;
import dev.osie.worker.container.LeftOversContract;
import dev.osie.worker.container.TestAction;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DockerLeftOversTest extends LeftOversContract<DockerSite> {
    @Override
    protected DockerSite open(Path empty) throws Exception {
        return new DockerSite(empty);
    }

    @Test
    void theOutputOfASuccessWhileNobodyLookedIsShown() throws Exception {
        TestAction action = inDirectory("a", UNTIL_END + "echo done");
        leave(action);
        Files.createFile(directory.resolve("end"));
        site().awaitEnd();

        assertThat(run(action)).isEqualTo(Outcome.success());

        assertThat(console()).contains("step | started", "step | done");
    }
}
