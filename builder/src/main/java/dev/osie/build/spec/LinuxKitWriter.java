package dev.osie.build.spec;

import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.YamlNode;
import dev.osie.build.yaml.YamlNode.Scalar;
import dev.osie.build.yaml.YamlWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Writes a document as plain LinuxKit YAML, which {@code linuxkit build} accepts: the sections in LinuxKit's order, {@code osie:} left
 * out, and every image named by digest.
 */
public final class LinuxKitWriter {
    private static final List<String> SECTIONS =
            List.of("kernel", "init", "volumes", "onboot", "onshutdown", "services", "files");
    private static final List<String> FIRST = List.of("name", "path", "image");
    private static final Set<String> INEXPRESSIBLE = Set.of("embed", "defaults", "onboot", "onshutdown", "services");
    private static final Position NOWHERE = new Position("composed", 1, 1);

    private final Function<ImageName, String> images;
    private final Function<FileEntry.Source, String> sources;

    /**
     * A writer that leaves the paths of sources as they stand.
     *
     * @param images the reference to write for an image of the document
     */
    public LinuxKitWriter(Function<ImageName, String> images) {
        this(images, FileEntry.Source::file);
    }

    /**
     * A writer.
     *
     * @param images the reference to write for an image of the document
     * @param sources the path to write for a file of the host
     */
    public LinuxKitWriter(Function<ImageName, String> images, Function<FileEntry.Source, String> sources) {
        this.images = images;
        this.sources = sources;
    }

    /**
     * The document as text.
     *
     * @param kernelImage the image of the kernel, for a document that leaves it to {@code osie.kernel}
     */
    public String write(OsieDocument document, Optional<String> kernelImage) {
        return write(document, kernelImage, Optional.empty());
    }

    /**
     * The same for a kernel whose image has microcode.
     *
     * @param ucode the name of the microcode archive in that image
     */
    public String write(OsieDocument document, Optional<String> kernelImage, Optional<String> ucode) {
        List<YamlNode.Entry> sections = new ArrayList<>();
        YamlNode.Mapping values = LinuxKitValues.of(document.source());
        for (String name : SECTIONS) {
            Optional<YamlNode> section = values.get(name);
            if (name.equals("kernel")) {
                kernel(section, kernelImage, ucode).ifPresent(kernel -> sections.add(entry(name, kernel)));
            } else {
                section.ifPresent(value -> sections.add(entry(name, section(name, value))));
            }
        }
        return YamlWriter.write(new YamlNode.Mapping(sections, document.source().position()));
    }

    /** The keys of {@code osie:} that a written document does without, since LinuxKit has nothing like them. */
    public static List<String> leftOut(OsieDocument document) {
        Optional<YamlNode> osie = document.source().get("osie");
        return osie.orElse(null) instanceof YamlNode.Mapping section
                ? section.entries().stream()
                        .filter(entry -> !isEmpty(entry.value()))
                        .map(entry -> entry.key().text().replaceFirst("\\.add$", ""))
                        .filter(INEXPRESSIBLE::contains)
                        .distinct()
                        .toList()
                : List.of();
    }

    private static boolean isEmpty(YamlNode node) {
        return node instanceof Scalar scalar && scalar.isNull()
                || node instanceof YamlNode.Sequence list && list.items().isEmpty()
                || node instanceof YamlNode.Mapping mapping && mapping.entries().isEmpty();
    }

    private Optional<YamlNode> kernel(
            Optional<YamlNode> section, Optional<String> kernelImage, Optional<String> ucode) {
        List<YamlNode.Entry> entries = new ArrayList<>();
        boolean named = section.filter(YamlNode.Mapping.class::isInstance)
                .flatMap(kernel -> ((YamlNode.Mapping) kernel).get("image"))
                .isPresent();
        if (!named) {
            kernelImage.ifPresent(image -> entries.add(entry("image", text(image))));
            ucode.ifPresent(file -> entries.add(entry("ucode", text(file))));
        }
        if (section.orElse(null) instanceof YamlNode.Mapping kernel) {
            kernel.entries().forEach(field -> entries.add(field(field)));
            return Optional.of(new YamlNode.Mapping(entries, kernel.position()));
        }
        return entries.isEmpty() ? Optional.empty() : Optional.of(new YamlNode.Mapping(entries, NOWHERE));
    }

    private YamlNode section(String name, YamlNode value) {
        if (!(value instanceof YamlNode.Sequence sequence)) {
            return value;
        }
        List<YamlNode> items = sequence.items().stream()
                .map(item -> switch (name) {
                    case "init" -> image(item);
                    case "files" -> located(entry(item));
                    default -> entry(item);
                })
                .toList();
        return new YamlNode.Sequence(items, sequence.position());
    }

    /** An entry of a list, beginning with what names it. */
    private YamlNode entry(YamlNode item) {
        if (!(item instanceof YamlNode.Mapping mapping)) {
            return item;
        }
        List<YamlNode.Entry> fields = mapping.entries().stream()
                .sorted(Comparator.comparingInt(
                        (YamlNode.Entry entry) -> rank(entry.key().text())))
                .map(this::field)
                .toList();
        return new YamlNode.Mapping(fields, mapping.position());
    }

    private YamlNode located(YamlNode item) {
        if (!(item instanceof YamlNode.Mapping file)) {
            return item;
        }
        List<YamlNode.Entry> fields = file.entries().stream()
                .map(field -> field.key().text().equals("source") && field.value() instanceof Scalar source
                        ? new YamlNode.Entry(field.key(), text(path(source)))
                        : field)
                .toList();
        return new YamlNode.Mapping(fields, file.position());
    }

    private String path(Scalar source) {
        return sources.apply(new FileEntry.Source(source.text(), false, source.position()));
    }

    private static int rank(String key) {
        int index = FIRST.indexOf(key);
        return index < 0 ? FIRST.size() : index;
    }

    private YamlNode.Entry field(YamlNode.Entry field) {
        return field.key().text().equals("image") ? new YamlNode.Entry(field.key(), image(field.value())) : field;
    }

    private YamlNode image(YamlNode value) {
        return value instanceof Scalar scalar && !scalar.isNull()
                ? text(images.apply(new ImageName(scalar.text(), scalar.position())))
                : value;
    }

    private static YamlNode.Entry entry(String key, YamlNode value) {
        return new YamlNode.Entry(text(key), value);
    }

    private static Scalar text(String text) {
        return new Scalar(text, Scalar.Type.TEXT, NOWHERE);
    }
}
