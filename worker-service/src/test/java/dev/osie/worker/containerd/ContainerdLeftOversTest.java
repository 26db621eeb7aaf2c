package dev.osie.worker.containerd;

import dev.osie.worker.container.LeftOversContract;
import java.nio.file.Path;

class ContainerdLeftOversTest extends LeftOversContract<ContainerdSite> {
    @Override
    protected ContainerdSite open(Path empty) throws Exception {
        return new ContainerdSite(empty);
    }
}
