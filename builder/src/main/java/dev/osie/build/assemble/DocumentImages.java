package dev.osie.build.assemble;

import dev.osie.build.oci.Execution;
import dev.osie.build.oci.Image;
import dev.osie.build.runtime.ContainerImage;
import dev.osie.build.spec.ContainerLabel;
import dev.osie.build.spec.ImageName;
import dev.osie.build.store.Store;
import java.util.Map;
import java.util.Optional;

/** The images that a document names: those of recipes are built, others come from the store or a registry. */
final class DocumentImages {
    private static final int ID_LENGTH = 16;

    private final Map<String, Image> recipes;
    private final LockedImages others;
    private final StackableImages stackable;
    private final ImageUser users;

    /**
     * The images of a document.
     *
     * @param recipes images that were built, by the names of their recipes
     * @param others all other images
     */
    DocumentImages(Map<String, Image> recipes, LockedImages others, Store store) {
        this.recipes = recipes;
        this.others = others;
        this.stackable = new StackableImages(store);
        this.users = new ImageUser(store);
    }

    Image image(ImageName name) {
        return name.recipe().map(recipes::get).orElseGet(() -> others.find(name));
    }

    /** The image with the layers that go into the initramfs. */
    Image stackable(ImageName name) {
        return stackable.stackable(image(name));
    }

    /** What a bundle needs to know of an image. */
    ContainerImage container(ImageName name) {
        Image image = stackable(name);
        Execution execution = image.config().execution();
        return new ContainerImage(
                execution.entrypoint(),
                execution.cmd(),
                execution.env(),
                execution.workingDir(),
                users.of(image),
                Optional.ofNullable(execution.labels().get(ContainerLabel.NAME)),
                image.layers().stream().map(DocumentImages::layerId).toList());
    }

    /** The name of a layer's directory below {@code containers/layers}: short, as mount(2) takes one page of options. */
    static String layerId(Image.Layer layer) {
        return layer.blob().digest().hex().substring(0, ID_LENGTH);
    }
}
