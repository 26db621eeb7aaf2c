package dev.osie.build.compose;

import dev.osie.build.compose.Checked.Kind;
import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import dev.osie.build.spec.OsieDocument;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlNode;
import dev.osie.build.yaml.YamlReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
     * @return what it is for each architecture, or for any where that makes no difference; nothing when it cannot be read
     */
    public List<Checked> check(String nameOrPath) {
        try {
            return check(library.flavor(nameOrPath));
        } catch (BuildException e) {
            problems.add(Position.whole(nameOrPath), e);
            return List.of();
        }
    }

    /**
     * Checks a text.
     *
     * @param name what to call it in messages
     * @param file beside which the files lie that it names
     * @return as for a document
     */
    public List<Checked> check(String name, Path file, String text) {
        try {
            Optional<YamlNode> root = YamlReader.read(name, text, problems);
            return root.map(node -> check(Source.of(name, file, Source.Role.FLAVOR, node)))
                    .orElse(List.of());
        } catch (BuildException e) {
            problems.add(Position.whole(name), e);
            return List.of();
        }
    }

    private List<Checked> check(Source source) {
        List<Checked> checked = new ArrayList<>();
        List<Architecture> architectures = List.of(Architecture.values());
        for (Architecture architecture : isConditional(source) ? architectures : architectures.subList(0, 1)) {
            Problems found = problems.another();
            checked.add(check(source, architecture, found));
            problems.join(found);
        }
        return checked;
    }

    private Checked check(Source source, Architecture architecture, Problems found) {
        Kind kind = kind(source);
        if (kind == Kind.FRAGMENT) {
            Source overlay = new Source(source.name(), source.file(), Source.Role.OVERLAY, source.content());
            return fragment(overlay, architecture, found);
        }
        Composition composition = composer.compose(
                List.of(source), List.of(), architecture, sources -> Variables.ofCheck(sources, found), found);
        return new Checked(composition, kind, Set.of());
    }

    /** Whether the architecture makes a difference to the document or to its pieces. */
    private boolean isConditional(Source source) {
        Stack stack = new Stack(library, Architecture.X86_64, new Problems());
        stack.add(source);
        return stack.isConditional() || stack.sources().stream().anyMatch(each -> Conditions.has(each.content()));
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

    private Checked fragment(Source source, Architecture architecture, Problems found) {
        new Stack(library, architecture, found).add(source);
        Variables variables = Variables.ofFragment(source, found);
        YamlNode.Mapping counted = new Conditions(architecture, found).apply(variables.substitute(source.content()));
        OsieDocument document = OsieDocument.read(Fragment.complete(counted), found);
        Composition composition = new Composition(
                source.stem(), source.file(), document, Map.of(source.name(), source.file()), Set.of(), new History());
        return new Checked(composition, Kind.FRAGMENT, variables.open());
    }
}
