package dev.osie.worker.docker;

import dev.osie.worker.container.CrashContract;
import dev.osie.worker.container.EngineSite;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class DockerCrashTest extends CrashContract {
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
}
