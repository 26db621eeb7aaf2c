package dev.osie.build.spec;

import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.YamlNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the section {@code osie:}. */
final class OsieReader {
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern PIECE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*");

    private OsieReader() {}

    static OsieSection read(Fields fields) {
        List<String> pieces = new ArrayList<>(fields.textItems("pieces", (name, at) -> piece(fields, name, at)));
        pieces.addAll(fields.textItems("pieces.add", (name, at) -> piece(fields, name, at)));
        OsieSection section = new OsieSection(
                fields.text("description"),
                List.copyOf(pieces),
                fields.fields("kernel").map(OsieReader::kernel),
                vars(fields),
                SettingsReader.read(fields),
                fields.position());
        fields.finish();
        return section;
    }

    private static Optional<String> piece(Fields fields, String name, Position position) {
        if (PIECE.matcher(name).matches()) {
            return Optional.of(name);
        }
        fields.problems()
                .add(position, "'" + name + "' is not the name of a piece: the name of its file without .yaml");
        return Optional.empty();
    }

    private static OsieSection.Kernel kernel(Fields fields) {
        // One set is usual, and written without brackets.
        boolean list = fields.node("modules")
                .filter(YamlNode.Sequence.class::isInstance)
                .isPresent();
        OsieSection.Kernel kernel = new OsieSection.Kernel(
                fields.text("use"),
                list ? fields.texts("modules") : fields.text("modules").stream().toList(),
                fields.texts("modules.add"),
                fields.texts("firmware.add"),
                fields.position());
        fields.finish();
        return kernel;
    }

    private static Map<String, Optional<String>> vars(Fields fields) {
        Map<String, Optional<String>> vars = new LinkedHashMap<>();
        fields.fields("vars").ifPresent(inner -> {
            for (YamlNode.Scalar name : inner.keys()) {
                if (VARIABLE.matcher(name.text()).matches()) {
                    vars.put(name.text(), inner.text(name.text()));
                } else {
                    fields.problems()
                            .add(
                                    name.position(),
                                    "the name of a variable must consist of letters, digits and "
                                            + "'_', and not begin with a digit: '" + name.text() + "'");
                }
            }
        });
        return vars;
    }
}
