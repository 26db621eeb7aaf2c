package dev.osie.build.spec;

import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.YamlNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads {@code embed} and {@code embed.add} of the section {@code osie:}. */
final class EmbedReader {
    private final Fields section;

    private EmbedReader(Fields section) {
        this.section = section;
    }

    static List<EmbeddedImage> read(Fields section) {
        EmbedReader reader = new EmbedReader(section);
        List<EmbeddedImage> images = Stream.of("embed", "embed.add")
                .flatMap(key -> section.items(key, node -> reader.image(key, node)).stream())
                .toList();
        reader.checkNames(images);
        return images;
    }

    private Optional<EmbeddedImage> image(String key, YamlNode node) {
        if (node instanceof YamlNode.Mapping) {
            Fields fields = Fields.of(node, "an entry of '" + key + "'", section.problems());
            fields.requiredNode("image");
            Optional<ImageName> image = Names.image(fields, "image");
            Optional<String> as = fields.text("as");
            Position position = fields.node("as").orElse(node).position();
            fields.finish();
            return image.flatMap(found -> as.isPresent()
                    ? named(found, as.get(), position, node.position())
                    : named(found, nameOf(found), found.position(), node.position()));
        }
        if (node instanceof YamlNode.Scalar scalar && scalar.type() == YamlNode.Scalar.Type.TEXT) {
            return Names.image(section, scalar.text(), node.position())
                    .flatMap(image -> named(image, nameOf(image), node.position(), node.position()));
        }
        section.problems()
                .add(
                        node.position(),
                        "an entry of '" + key
                                + "' must be the name of an image, or a mapping with 'image' and 'as', not "
                                + node.describe());
        return Optional.empty();
    }

    /** What Docker calls an image unless the document says otherwise. */
    private static String nameOf(ImageName image) {
        return image.recipe()
                .map(recipe -> "osie-build/" + recipe)
                .or(() -> image.linuxKitPackage().map(directory -> "linuxkit/" + directory.replaceFirst(".*/", "")))
                .orElseGet(() -> image.text().replaceFirst("@.*", ""));
    }

    private Optional<EmbeddedImage> named(ImageName image, String name, Position namePosition, Position position) {
        Optional<String> full = DockerName.full(name);
        if (full.isEmpty()) {
            section.problems()
                    .add(
                            namePosition,
                            "'" + name + "' cannot be the name of an image in Docker: expected 'as' to be "
                                    + "[registry/]name[:tag] in lower case and without a digest, as a workflow asks for it");
        }
        return full.map(found -> new EmbeddedImage(image, found, position));
    }

    private void checkNames(List<EmbeddedImage> images) {
        Map<String, EmbeddedImage> seen = new HashMap<>();
        for (EmbeddedImage image : images) {
            EmbeddedImage earlier = seen.putIfAbsent(image.name(), image);
            if (earlier != null) {
                section.problems()
                        .add(
                                image.position(),
                                "a second embedded image with the name '" + image.name() + "'; the first stands at "
                                        + earlier.position() + " (give one of them another name: 'as')");
            }
        }
    }
}
