package dev.osie.worker.containerd;

import dev.osie.worker.container.EngineSite;
import dev.osie.worker.container.LeftOversContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class ContainerdLeftOversTest extends LeftOversContract {
    @TempDir
    private static Path siteDirectory;

    private static ContainerdSite site;

    @BeforeAll
    static void start() throws Exception {
        site = new ContainerdSite(siteDirectory);
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
