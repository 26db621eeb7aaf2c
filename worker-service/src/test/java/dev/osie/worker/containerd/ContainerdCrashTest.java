package dev.osie.worker.containerd;

import dev.osie.worker.container.CrashContract;
import java.nio.file.Path;

class ContainerdCrashTest extends CrashContract<ContainerdSite> {
    @Override
    protected ContainerdSite open(Path empty) throws Exception {
        return new ContainerdSite(empty);
    }
}
