package dev.osie.build.spec;

import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.YamlNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads {@code kernel} of the section {@code osie:}. */
final class KernelReader {
    private static final List<String> KINDS = List.of("files", "deb", "package", "image", "source");

    private final Fields fields;

    private KernelReader(Fields fields) {
        this.fields = fields;
    }

    static OsieSection.Kernel read(Fields fields) {
        KernelReader reader = new KernelReader(fields);
        // One set is usual, and written without brackets.
        boolean list = fields.node("modules")
                .filter(YamlNode.Sequence.class::isInstance)
                .isPresent();
        OsieSection.Kernel kernel = new OsieSection.Kernel(
                fields.text("use"),
                list ? fields.texts("modules") : fields.text("modules").stream().toList(),
                fields.texts("modules.add"),
                reader.modules("modules.drop"),
                fields.items("drivers.add", reader::driver),
                reader.handling(),
                fields.choice("firmware", FirmwarePolicy.values()),
                fields.texts("firmware.add"),
                fields.choice("microcode", MicrocodePolicy.values()),
                fields.position());
        fields.finish();
        return kernel;
    }

    private OsieSection.ModuleHandling handling() {
        return new OsieSection.ModuleHandling(
                Stream.of("blacklist", "blacklist.add")
                        .flatMap(key -> modules(key).stream())
                        .toList(),
                options(),
                Stream.of("load", "load.add")
                        .flatMap(key -> modules(key).stream())
                        .toList());
    }

    private List<ModuleName> modules(String key) {
        return fields.textItems(key, (text, position) -> Optional.of(new ModuleName(text, position)));
    }

    private List<ModuleOptions> options() {
        List<ModuleOptions> options = new ArrayList<>();
        fields.fields("options").ifPresent(modules -> {
            for (YamlNode.Scalar name : modules.keys()) {
                modules.text(name.text())
                        .ifPresent(text -> options.add(new ModuleOptions(name.text(), text, name.position())));
            }
        });
        return options;
    }

    private Optional<DriverEntry> driver(YamlNode node) {
        Fields entry = Fields.of(node, "an entry of 'drivers.add'", fields.problems());
        List<DriverEntry.Kind> kinds = new ArrayList<>();
        List<FileEntry.Source> files =
                entry.textItems("files", (text, at) -> Optional.of(new FileEntry.Source(text, false, at)));
        if (!files.isEmpty()) {
            kinds.add(new DriverEntry.Files(files));
        }
        source(entry, "deb").ifPresent(file -> kinds.add(new DriverEntry.Deb(file)));
        entry.text("package").ifPresent(name -> kinds.add(new DriverEntry.Package(name)));
        Names.image(entry, "image")
                .filter(image -> isReference(entry, image))
                .ifPresent(image -> kinds.add(new DriverEntry.InImage(image)));
        source(entry, "source").ifPresent(directory -> kinds.add(new DriverEntry.Tree(directory)));
        entry.finish();
        if (kinds.size() == 1) {
            return Optional.of(new DriverEntry(kinds.get(0), node.position()));
        }
        boolean reported = kinds.isEmpty() && KINDS.stream().anyMatch(key -> !isEmptyList(entry.node(key)));
        if (!reported && entry.isReadable()) {
            fields.problems()
                    .add(node.position(), "an entry of 'drivers.add' needs exactly one of " + String.join(", ", KINDS));
        }
        return Optional.empty();
    }

    private static boolean isEmptyList(Optional<YamlNode> node) {
        return node.isEmpty()
                || node.get() instanceof YamlNode.Sequence list && list.items().isEmpty();
    }

    private static Optional<FileEntry.Source> source(Fields entry, String key) {
        return entry.text(key)
                .map(text -> new FileEntry.Source(
                        text, false, entry.node(key).orElseThrow().position()));
    }

    /** The kernel is made beside the images of recipes, and can't wait for one. */
    private boolean isReference(Fields entry, ImageName image) {
        boolean reference = image.recipe().isEmpty() && image.linuxKitPackage().isEmpty();
        if (!reference) {
            entry.problems()
                    .add(
                            image.position(),
                            "'" + image.text() + "' cannot bring drivers: expected an image by reference, such as "
                                    + "registry.lab/driver:1; packages of the suites are named by 'package'");
        }
        return reference;
    }
}
