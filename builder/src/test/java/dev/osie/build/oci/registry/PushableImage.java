package dev.osie.build.oci.registry;

import dev.osie.build.oci.Execution;
import dev.osie.build.oci.History;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.ImageConfig;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Platform;
import dev.osie.build.oci.Reference;
import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Images of a store, as recipes leave them there. */
public final class PushableImage {
    private PushableImage() {}

    /** An image whose layers hold a file with each of these texts. */
    public static Image put(Store store, String name, String architecture, String... texts) throws IOException {
        Optional<String> created = Optional.of("2026-11-25T00:00:00Z");
        List<Image.Layer> layers = new ArrayList<>();
        for (String text : texts) {
            layers.add(new Image.Layer(store.put(TestImage.tar("file", text)), "recipe:images/" + name));
        }
        Execution none = Execution.EMPTY;
        Execution execution = new Execution(
                none.user(),
                none.env(),
                none.entrypoint(),
                List.of("/tool"),
                none.workingDir(),
                new TreeMap<>(Map.of("org.opencontainers.image.title", "tool", "lab", "x")),
                none.volumes(),
                none.exposedPorts(),
                none.stopSignal());
        ImageConfig config = new ImageConfig(
                Platform.linux(Architecture.parse(architecture)),
                created,
                Optional.empty(),
                execution,
                layers.stream().map(layer -> layer.blob().digest()).toList(),
                layers.stream().map(layer -> History.of(created, "test")).toList());
        return new Layout(store).put(Reference.parse("osie-build/" + name + ":" + architecture), config, layers);
    }
}
