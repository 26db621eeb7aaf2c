package dev.osie.build.assemble;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.failure.BuildException;
import dev.osie.build.lock.LockedImage;
import dev.osie.build.oci.Execution;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.Reference;
import dev.osie.build.runtime.ContainerImage;
import dev.osie.build.spec.ImageName;
import dev.osie.build.store.Store;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The images that a document names: those of recipes are built, others come from the store or a registry. */
final class DocumentImages {
    private static final String LABEL = "org.mobyproject.config";
    private static final int ID_LENGTH = 16;

    private final Map<String, Image> recipes;
    private final Map<String, LockedImage> locked;
    private final ImageSupply supply;
    private final StackableImages stackable;
    private final ImageUser users;
    private final Map<String, Image> others = new TreeMap<>();

    /**
     * The images of a document.
     *
     * @param recipes images that were built, by the names of their recipes
     * @param locked what the lock has, by the names that {@link ImageSupply#lockName} gives
     */
    DocumentImages(Map<String, Image> recipes, Map<String, LockedImage> locked, ImageSupply supply, Store store) {
        this.recipes = recipes;
        this.locked = Map.copyOf(locked);
        this.supply = supply;
        this.stackable = new StackableImages(store);
        this.users = new ImageUser(store);
    }

    Image image(ImageName name) {
        return name.recipe().map(recipes::get).orElseGet(() -> others.computeIfAbsent(name.text(), text -> find(name)));
    }

    private Image find(ImageName name) {
        Reference reference = supply.reference(name);
        try {
            return reference
                    .digest()
                    .map(digest -> supply.byDigest(reference, digest))
                    .or(() -> Optional.ofNullable(locked.get(ImageSupply.lockName(reference)))
                            .map(image -> supply.locked(reference, image)))
                    .or(() -> supply.made(reference))
                    .orElseThrow(() -> unavailable("the store no longer has the image '" + reference + "'"));
        } catch (BuildException e) {
            throw e.at(name.position().toString());
        }
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
                Optional.ofNullable(execution.labels().get(LABEL)),
                image.layers().stream().map(DocumentImages::layerId).toList());
    }

    /** The name of a layer's directory below {@code containers/layers}: short, as mount(2) takes one page of options. */
    static String layerId(Image.Layer layer) {
        return layer.blob().digest().hex().substring(0, ID_LENGTH);
    }
}
