package dev.osie.build.assemble;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.oci.Execution;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Reference;
import dev.osie.build.runtime.ContainerImage;
import dev.osie.build.spec.ImageName;
import dev.osie.build.store.Store;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The images that a document names: those of recipes are built, others must be in the store. */
final class DocumentImages {
    private static final String LABEL = "org.mobyproject.config";
    private static final int ID_LENGTH = 16;

    private final Map<String, Image> recipes;
    private final Layout layout;
    private final StackableImages stackable;
    private final Map<String, Image> others = new TreeMap<>();

    /** @param recipes images that were built, by the names of their recipes */
    DocumentImages(Map<String, Image> recipes, Store store) {
        this.recipes = recipes;
        this.layout = new Layout(store);
        this.stackable = new StackableImages(store);
    }

    Image image(ImageName name) {
        return name.recipe().map(recipes::get).orElseGet(() -> others.computeIfAbsent(name.text(), text -> find(name)));
    }

    private Image find(ImageName name) {
        Reference reference = Reference.parse(name.text());
        Optional<Image> found = reference.digest().isPresent()
                ? reference.digest().filter(layout::holds).map(digest -> layout.read(reference, digest))
                : layout.find(reference);
        return found.orElseThrow(() -> unavailable(name.position() + ": the image '" + name.text()
                        + "' is not in the store, and this version fetches none from registries")
                .hint("Perhaps make it by a recipe, images/NAME/image.yaml, and write @image:NAME."));
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
                execution.user(),
                Optional.ofNullable(execution.labels().get(LABEL)),
                image.layers().stream().map(DocumentImages::layerId).toList());
    }

    /** The name of a layer's directory below {@code containers/layers}: short, as mount(2) takes one page of options. */
    static String layerId(Image.Layer layer) {
        return layer.blob().digest().hex().substring(0, ID_LENGTH);
    }
}
