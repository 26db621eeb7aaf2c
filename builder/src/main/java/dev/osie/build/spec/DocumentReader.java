package dev.osie.build.spec;

import dev.osie.build.spec.ContainerEntry.Section;
import dev.osie.build.spec.VolumeEntry.Format;
import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads a whole document, and checks what its sections say about each other. */
final class DocumentReader {
    private static final Pattern PLATFORM = Pattern.compile("[a-z0-9_.-]+/[a-z0-9_.-]+(/[a-z0-9_.-]+)?");

    private final Fields fields;
    private final Problems problems;

    private DocumentReader(Fields fields) {
        this.fields = fields;
        this.problems = fields.problems();
    }

    static OsieDocument read(YamlNode root, Problems problems) {
        Fields fields = Fields.of(root, "the document", problems);
        DocumentReader reader = new DocumentReader(fields);
        YamlNode.Mapping source =
                root instanceof YamlNode.Mapping mapping ? mapping : new YamlNode.Mapping(List.of(), root.position());
        OsieDocument document = new OsieDocument(
                fields.fields("osie").map(OsieReader::read),
                fields.fields("kernel").map(DocumentReader::kernel),
                fields.textItems("init", (text, position) -> Names.image(fields, text, position)),
                fields.items("volumes", node -> volume(node, problems)),
                reader.containers(Section.ONBOOT),
                reader.containers(Section.ONSHUTDOWN),
                reader.containers(Section.SERVICES),
                fields.items("files", node -> FileReader.read(node, problems)),
                source);
        // LinuxKit accepts the section and does nothing with it.
        fields.fields("trust").ifPresent(trust -> {
            trust.texts("image");
            trust.texts("org");
            trust.finish();
        });
        fields.finish();
        return document;
    }

    /** Reports what does not fit together. */
    static void check(OsieDocument document, Problems problems) {
        checkUnique(document.services(), ContainerEntry::name, ContainerEntry::position, "service", problems);
        checkUnique(document.volumes(), VolumeEntry::name, VolumeEntry::position, "volume", problems);
        VolumeCheck volumes = new VolumeCheck(document, problems);
        document.containers().forEach(volumes::check);
        new IdentityCheck(document, problems).check();
        checkKernel(document, problems);
        ServiceOrder.check(document, problems);
    }

    private List<ContainerEntry> containers(Section section) {
        return fields.items(section.toString(), node -> ContainerReader.read(section, node, problems));
    }

    private static KernelSection kernel(Fields fields) {
        KernelSection kernel = new KernelSection(
                Names.image(fields, "image"),
                fields.text("cmdline").orElse(""),
                fields.text("binary").filter(name -> !name.isEmpty()).orElse("kernel"),
                Optional.of(fields.text("tar").orElse("kernel.tar"))
                        .filter(name -> !name.isEmpty() && !name.equals("none")),
                fields.text("ucode").filter(name -> !name.isEmpty()),
                fields.position());
        fields.finish();
        return kernel;
    }

    private static Optional<VolumeEntry> volume(YamlNode node, Problems problems) {
        Fields fields = Fields.of(node, "a volume", problems);
        String name = Names.volume(fields);
        Optional<ImageName> image = Names.image(fields, "image");
        Format format = fields.choice("format", Format.values()).orElse(Format.FILESYSTEM);
        List<String> platforms = fields.textItems("platforms", (text, position) -> platform(text, position, problems));
        VolumeEntry volume = new VolumeEntry(
                name, image, format, platforms, fields.bool("readonly").orElse(false), fields.position());
        fields.finish();
        if (format == Format.OCI && fields.node("image").isEmpty()) {
            fields.problem("format", "is oci, so it needs the key 'image': the image that it holds");
        }
        if (format != Format.OCI && fields.node("platforms").isPresent()) {
            fields.problem("platforms", "is only for volumes with 'format: oci'");
        }
        boolean usable = !name.isEmpty() && (image.isPresent() || format != Format.OCI);
        return usable ? Optional.of(volume) : Optional.empty();
    }

    private static Optional<String> platform(String text, Position position, Problems problems) {
        if (PLATFORM.matcher(text).matches()) {
            return Optional.of(text);
        }
        problems.add(position, "the platform '" + text + "' must have the form os/architecture, such as linux/amd64");
        return Optional.empty();
    }

    private static <T> void checkUnique(
            List<T> entries, Function<T, String> name, Function<T, Position> position, String what, Problems problems) {
        Map<String, T> seen = new HashMap<>();
        for (T entry : entries) {
            T earlier = seen.putIfAbsent(name.apply(entry), entry);
            if (earlier != null) {
                problems.add(
                        position.apply(entry),
                        "a second " + what + " with the name '" + name.apply(entry) + "'; the first stands at "
                                + position.apply(earlier));
            }
        }
    }

    private static void checkKernel(OsieDocument document, Problems problems) {
        Optional<ImageName> image = document.kernel().flatMap(KernelSection::image);
        Optional<OsieSection.Kernel> provided = document.osie().flatMap(OsieSection::kernel);
        if (image.isPresent() && provided.flatMap(OsieSection.Kernel::use).isPresent()) {
            problems.add(
                    image.get().position(),
                    "two kernels: the image '" + image.get().text() + "', and '"
                            + provided.get().use().orElseThrow() + "' at "
                            + provided.get().position()
                            + "; take one out (key: null removes what a document below says)");
        }
    }
}
