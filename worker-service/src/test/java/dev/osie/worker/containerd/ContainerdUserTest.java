package dev.osie.worker.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.worker.action.Deadline;
import dev.osie.worker.action.Outcome;
import dev.osie.worker.console.Console;
import dev.osie.worker.container.EngineContract;
import dev.osie.worker.container.TestAction;
import dev.osie.worker.containerd.LabImage.Layer;
import dev.osie.worker.settings.PullPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** As whom containers of images run that name a user; real images in a real containerd. */
class ContainerdUserTest extends EngineContract<ContainerdSite> {
    private static final String IMAGE = "registry.lab/user:1";
    private static final String PASSWD = "root:x:0:0:root:/root:/bin/sh\napp:x:1000:100::/home/app:/bin/sh\n";
    private static final String GROUP = "root:x:0:\nusers:x:100:\ndisk:x:6:app\n";

    @Override
    protected ContainerdSite open(Path empty) throws Exception {
        return new ContainerdSite(empty);
    }

    @AfterEach
    void noViewIsLeft() throws Exception {
        assertThat(site().daemon().ctr("snapshots", "list")).doesNotContain("View");
    }

    @Test
    void aUserByNameHasItsGroups() throws Exception {
        Layer whole = Layer.shell().file("etc/passwd", PASSWD).file("etc/group", GROUP);

        assertThat(run("app", whole)).isEqualTo(Outcome.success());

        assertThat(console()).contains("step | uid=1000(app) gid=100(users) groups=6(disk),100(users)");
    }

    @Test
    void theFilesOfTheUppermostLayerCount() throws Exception {
        Layer lower = Layer.shell().file("etc/passwd", PASSWD).file("etc/group", GROUP);
        Layer upper = new Layer().file("etc/passwd", PASSWD.replace("1000", "1234"));
        Layer whiteout = new Layer().file("etc/.wh.group", "");

        assertThat(run("app", lower, upper, whiteout)).isEqualTo(Outcome.success());

        assertThat(console()).contains("step | uid=1234(app) gid=100 groups=100");
    }

    @Test
    void aUserThatWasTakenAwayIsAFailure() throws Exception {
        Layer lower = Layer.shell().file("etc/passwd", PASSWD);

        assertThat(run("app", lower, new Layer().file("etc/.wh.passwd", "")))
                .isEqualTo(Outcome.failed("its image wants to be run by app, and its etc/passwd has no app"));
    }

    @Test
    void numbersNeedNoFiles() throws Exception {
        assertThat(run("1001:6", Layer.shell())).isEqualTo(Outcome.success());

        assertThat(console()).contains("step | uid=1001 gid=6 groups=6");
    }

    private Outcome run(String user, Layer... layers) throws Exception {
        LabImage image = new LabImage("\"User\":\"" + user + "\",\"Cmd\":[\"id\"]", layers);
        Path archive =
                Files.write(directory.resolve("image.tar"), LabImage.tar(LabImage.archive(Map.of(IMAGE, image))));
        Console console = new Console(output());
        try (Containerd containerd =
                Containerd.at(site().socket(), site().daemon().namespace())) {
            new EmbeddedImages(archive, console).takeIn(containerd, new Deadline(Optional.empty()));
        }
        return run(TestAction.of(IMAGE), PullPolicy.NEVER);
    }
}
