package dev.osie.build.spec;

import dev.osie.build.spec.ContainerEntry.Section;
import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads a whole document, and checks what its sections say about each other. */
final class DocumentReader {
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
        reader.checkUnique(document.services(), ContainerEntry::name, ContainerEntry::position, "service");
        reader.checkUnique(document.volumes(), VolumeEntry::name, VolumeEntry::position, "volume");
        reader.checkVolumes(document);
        reader.checkKernel(document);
        ServiceOrder.check(document, problems);
        return document;
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
        String format = fields.text("format").orElse("filesystem");
        if (!format.isEmpty() && !format.equals("filesystem")) {
            fields.refuse("format", "can only be filesystem, not '" + format + "'");
        }
        fields.refuse("platforms", "is only for volumes of the format oci, which is not supported yet");
        VolumeEntry volume =
                new VolumeEntry(name, image, fields.bool("readonly").orElse(false), fields.position());
        fields.finish();
        return name.isEmpty() ? Optional.empty() : Optional.of(volume);
    }

    private <T> void checkUnique(
            List<T> entries, Function<T, String> name, Function<T, Position> position, String what) {
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

    private void checkKernel(OsieDocument document) {
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

    private void checkVolumes(OsieDocument document) {
        document.containers().forEach(entry -> document.checkVolumes(entry, problems));
    }
}
