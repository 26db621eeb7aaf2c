package dev.osie.build.compose;

import dev.osie.build.compose.Checked.Kind;
import dev.osie.build.failure.BuildException;
import dev.osie.build.spec.OsieDocument;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlNode;
import dev.osie.build.yaml.YamlReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Finds what is wrong with a document, whatever it is: a flavor with its pieces, a piece, an overlay or plain LinuxKit YAML. */
public final class DocumentCheck {
    private final Library library;
    private final Composer composer;
    private final Problems problems;

    /**
     * A check.
     *
     * @param root the directory that holds {@code linuxkit-templates}
     * @param problems where everything that is wrong is reported
     */
    public DocumentCheck(Path root, Problems problems) {
        this.library = new Library(root);
        this.composer = new Composer(root);
        this.problems = problems;
    }

    /**
     * Checks a document.
     *
     * @param nameOrPath the name of a flavor, or the path of any document
     * @return nothing when it cannot be read
     */
    public Optional<Checked> check(String nameOrPath) {
        try {
            return Optional.of(check(library.flavor(nameOrPath)));
        } catch (BuildException e) {
            problems.add(Position.whole(nameOrPath), e);
            return Optional.empty();
        }
    }

    /**
     * Checks a text.
     *
     * @param name what to call it in messages
     * @param file beside which the files lie that it names
     * @return nothing when it cannot be read
     */
    public Optional<Checked> check(String name, Path file, String text) {
        try {
            Optional<YamlNode> root = YamlReader.read(name, text, problems);
            return root.map(node -> check(Source.of(name, file, Source.Role.FLAVOR, node)));
        } catch (BuildException e) {
            problems.add(Position.whole(name), e);
            return Optional.empty();
        }
    }

    private Checked check(Source source) {
        Kind kind = kind(source);
        if (kind == Kind.FRAGMENT) {
            return fragment(new Source(source.name(), source.file(), Source.Role.OVERLAY, source.content()));
        }
        return new Checked(composer.compose(source, List.of(), values(source), problems), kind, Set.of());
    }

    /** A variable without a default is given by whoever builds; here its name stands for the value. */
    private Map<String, String> values(Source source) {
        Stack stack = new Stack(library, new Problems());
        stack.add(source);
        Map<String, String> values = new TreeMap<>();
        for (Source each : stack.sources()) {
            if (each.osie().flatMap(osie -> osie.get("vars")).orElse(null) instanceof YamlNode.Mapping vars) {
                for (YamlNode.Entry entry : vars.entries()) {
                    String name = entry.key().text();
                    if (entry.value() instanceof YamlNode.Scalar value && value.isNull()) {
                        values.putIfAbsent(name, name);
                    }
                }
            }
        }
        return values;
    }

    private Kind kind(Source source) {
        if (library.holdsFragment(source.file())) {
            return Kind.FRAGMENT;
        }
        if (source.osie().isEmpty()) {
            return Fragment.isFragment(source.content()) ? Kind.FRAGMENT : Kind.PLAIN;
        }
        YamlNode.Mapping osie = source.osie().get();
        boolean whole = osie.get("pieces").isPresent()
                || named(osie.get("kernel"), "use")
                || named(source.content().get("kernel"), "image");
        return whole ? Kind.FLAVOR : Kind.FRAGMENT;
    }

    private static boolean named(Optional<YamlNode> mapping, String key) {
        return mapping.filter(YamlNode.Mapping.class::isInstance)
                .flatMap(node -> ((YamlNode.Mapping) node).get(key))
                .isPresent();
    }

    private Checked fragment(Source source) {
        new Stack(library, problems).add(source);
        Variables variables = Variables.ofFragment(source, problems);
        YamlNode.Mapping complete = Fragment.complete(variables.substitute(source.content()));
        OsieDocument document = OsieDocument.read(complete, problems);
        Composition composition =
                new Composition(source.stem(), source.file(), document, Map.of(source.name(), source.file()));
        return new Checked(composition, Kind.FRAGMENT, variables.open());
    }
}
