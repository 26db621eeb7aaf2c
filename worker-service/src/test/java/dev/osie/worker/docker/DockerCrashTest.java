package dev.osie.worker.docker;

import dev.osie.worker.container.CrashContract;
import java.nio.file.Path;

class DockerCrashTest extends CrashContract<DockerSite> {
    @Override
    protected DockerSite open(Path empty) throws Exception {
        return new DockerSite(empty);
    }
}
