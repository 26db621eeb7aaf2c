package dev.osie.worker.docker;

import dev.osie.worker.container.PullContract;
import java.nio.file.Path;

class DockerPullTest extends PullContract<DockerSite> {
    @Override
    protected DockerSite open(Path empty) throws Exception {
        return new DockerSite(empty);
    }
}
