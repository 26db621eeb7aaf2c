package dev.osie.worker.containerd;

import dev.osie.worker.action.Action;
import dev.osie.worker.action.ActionFailure;
import dev.osie.worker.console.Console;
import dev.osie.worker.container.ActionContainer;
import dev.osie.worker.container.ContainerEngine;
import dev.osie.worker.containerd.BindVolumes.Bind;
import dev.osie.worker.image.ImageReference;
import dev.osie.worker.image.ImageStore;
import dev.osie.worker.registry.Registries;
import dev.osie.worker.settings.ContainerdSettings;
import dev.osie.worker.settings.RegistryLogin;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** containerd, by its gRPC API, in a namespace of its own. */
public final class ContainerdEngine implements ContainerEngine {
    private final String socket;
    private final Console console;
    private final Containerd containerd;
    private final ContainerdImages images;
    private final MachineRoot machine = MachineRoot.find();

    public ContainerdEngine(ContainerdSettings settings, Optional<RegistryLogin> login, Console console) {
        this.socket = settings.socket();
        this.console = console;
        this.containerd = Containerd.at(socket, settings.namespace());
        this.images = new ContainerdImages(
                containerd,
                new Registries(login, settings.hubMirrors(), settings.insecureRegistries(), settings.proxies()),
                new EmbeddedImages(EmbeddedImages.ARCHIVE, console));
    }

    @Override
    public String name() {
        return "containerd";
    }

    @Override
    public String socket() {
        return socket;
    }

    @Override
    public Optional<RuntimeException> silence() {
        return containerd.silence();
    }

    @Override
    public ImageStore images() {
        return images;
    }

    @Override
    public List<ActionContainer> leftOvers(String worker) {
        return List.copyOf(ContainerdContainer.leftOvers(containerd, worker));
    }

    @Override
    public ActionContainer create(Action action, ImageReference reference) throws ActionFailure {
        UnpackedImage image = find(reference);
        List<Bind> volumes = new BindVolumes(machine, console).of(action);
        byte[] spec = new ContainerSpec(action, image.config(), user(image), volumes, machine)
                .write("/tinkerbell/" + ContainerName.of(action));
        return ContainerdContainer.create(containerd, action, image, spec);
    }

    private ContainerUser user(UnpackedImage image) throws ActionFailure {
        String words = image.config().user();
        if (!ContainerUser.needsFiles(words)) {
            return ContainerUser.of(words, "", "");
        }
        try {
            LayeredFiles files = LayeredFiles.of(image.snapshot(), containerd, machine);
            return ContainerUser.of(
                    words,
                    files.text(ContainerUser.PASSWD).orElse(""),
                    files.text(ContainerUser.GROUP).orElse(""));
        } catch (IOException e) {
            throw new ActionFailure("can't find out who " + words + " is in its image", e);
        }
    }

    private UnpackedImage find(ImageReference reference) throws ActionFailure {
        try {
            return images.find(reference)
                    .orElseThrow(() -> new ActionFailure("somebody removed the image " + reference));
        } catch (IOException e) {
            throw new ActionFailure("can't use the image " + reference, e);
        }
    }

    @Override
    public void close() {
        containerd.close();
    }
}
