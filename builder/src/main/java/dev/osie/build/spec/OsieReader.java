package dev.osie.build.spec;

import dev.osie.build.yaml.Fields;
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

    private OsieReader() {}

    static OsieSection read(Fields fields) {
        List<PieceReference> pieces = new ArrayList<>();
        for (String key : List.of("pieces", "pieces.add")) {
            pieces.addAll(fields.items(key, node -> PieceReference.read(node, fields.problems())));
        }
        OsieSection section = new OsieSection(
                fields.text("description"),
                List.copyOf(pieces),
                fields.fields("kernel").map(KernelReader::read),
                EmbedReader.read(fields),
                vars(fields),
                SettingsReader.read(fields),
                fields.position());
        fields.finish();
        return section;
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
