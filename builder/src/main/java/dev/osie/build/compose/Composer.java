package dev.osie.build.compose;

import dev.osie.build.spec.OsieDocument;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Composes a flavor: its pieces in their order, the flavor itself on top, then the overlays in theirs. The result depends on the
 * documents and the variables alone.
 *
 * <p>A flavor without the section {@code osie:} is plain LinuxKit YAML and is taken literally; in all other documents {@code ${NAME}}
 * stands for a variable.
 */
public final class Composer {
    private final Library library;

    /**
     * A composer for a project.
     *
     * @param root the directory that holds {@code linuxkit-templates}
     */
    public Composer(Path root) {
        this.library = new Library(root);
    }

    /**
     * Composes one document.
     *
     * @param flavor the name of a file in {@code linuxkit-templates/flavors}, or the path of any document
     * @param overlays the names of files in {@code linuxkit-templates/overlays}, or paths
     * @param variables values for variables that the documents declare
     * @throws dev.osie.build.failure.BuildException with every problem of the documents, each at its position
     */
    public Composition compose(String flavor, List<String> overlays, Map<String, String> variables) {
        Problems problems = new Problems();
        Source top = library.flavor(flavor);
        List<Source> above = overlays.stream().map(library::overlay).toList();
        Composition composition = compose(top, above, variables, problems);
        problems.throwIfAny();
        return composition;
    }

    /** Composes documents that were read, and reports what is wrong with them; what is wrong is left out of the result. */
    Composition compose(Source top, List<Source> overlays, Map<String, String> variables, Problems problems) {
        Stack stack = new Stack(library, problems);
        stack.add(top);
        overlays.forEach(stack::add);
        boolean complete = problems.isEmpty();

        Variables values = Variables.of(stack.sources(), variables, problems);
        Merge merge = new Merge(problems);
        Map<String, Path> files = new LinkedHashMap<>();
        for (Source source : stack.sources()) {
            YamlNode.Mapping contribution = source.contribution();
            merge.add(source.isLiteral() ? contribution : values.substitute(contribution));
            files.put(source.name(), source.file());
        }
        YamlNode.Mapping merged = merge.result(values);
        OsieDocument document = OsieDocument.read(merged, problems);
        if (complete) {
            // What a document that could not be read declares would be missed here.
            document.check(problems);
        }
        return new Composition(top.stem(), top.file(), document, files);
    }
}
