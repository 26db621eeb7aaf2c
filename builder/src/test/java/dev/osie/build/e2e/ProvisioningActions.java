package dev.osie.build.e2e;

import static dev.osie.worker.workflow.WorkflowServer.action;

import dev.osie.build.platform.Architecture;
import dev.osie.worker.proto.ActionResponse;

/** The actions that tests have machines of an architecture run: three that provision a disk, and one that does what it is told. */
record ProvisioningActions(Registry registry, DiskContent content, Architecture architecture) {
    /** How the guest sees the loopback interface of the host. */
    static final String HOST = "10.0.2.2";

    /** Makes a partition of 64 MiB for the image, and one of the rest. */
    ActionResponse.Builder partition() {
        return action("partition", imageName("partition"))
                .setTimeout(120)
                .addVolumes("/dev:/dev")
                .addEnvironment("DEST_DISK=/dev/vda")
                .addEnvironment("PARTITION_SIZE=64MiB");
    }

    ActionResponse.Builder writeImage() {
        return action("write-image", imageName("write-image"))
                .setTimeout(120)
                .addVolumes("/dev:/dev")
                .addEnvironment("DEST_DISK=/dev/vda1")
                .addEnvironment("IMG_URL=http://" + HOST + ":" + content.port() + "/image.gz");
    }

    /** Compares what was written with what was served. */
    ActionResponse.Builder verify() {
        return action("verify", imageName("verify"))
                .setTimeout(120)
                .addVolumes("/dev:/dev")
                .addEnvironment("DEST_DISK=/dev/vda1")
                .addEnvironment("MEBIBYTES=" + content.mebibytes())
                .addEnvironment("SHA256=" + content.sha256());
    }

    ActionResponse.Builder misbehave(String name, String command) {
        return action(name, imageName("misbehave"), command).setTimeout(120);
    }

    private String imageName(String name) {
        return HOST + ":" + registry.port() + "/" + name + ":" + architecture;
    }
}
