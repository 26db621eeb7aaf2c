package dev.osie.build.compose;

import static dev.osie.build.failure.BuildException.badInput;
import static java.util.stream.Collectors.partitioningBy;
import static java.util.stream.Collectors.toSet;

import dev.osie.build.platform.Architecture;
import dev.osie.build.spec.OsieDocument;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Composes a flavor: its pieces in their order, the flavor itself on top, then the overlays in theirs. The result depends on the
 * documents and the variables alone.
 *
 * <p>A flavor without the section {@code osie:} is plain LinuxKit YAML and is taken literally, and there may be several; in all other
 * documents {@code ${NAME}} stands for a variable, and entries for other architectures are left out.
 */
public final class Composer {
    private static final String MIXED =
            "several documents are joined as LinuxKit joins them, and LinuxKit knows no 'osie'; build this one"
                    + " alone, and lay the others over it with --overlay";

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
     * Composes.
     *
     * @throws dev.osie.build.failure.BuildException with every problem of the documents, each at its position
     */
    public Composition compose(CompositionRequest request) {
        Problems problems = new Problems();
        List<Source> documents = documents(request, problems);
        List<Source> overlays =
                request.overlays().stream().map(library::overlay).toList();
        Composition composition = compose(
                documents,
                overlays,
                request.architecture(),
                sources -> Variables.of(sources, request.variables(), problems),
                problems);
        problems.throwIfAny();
        return request.name().map(composition::named).orElse(composition);
    }

    /**
     * Composes documents that were read, and reports what is wrong with them; what is wrong is left out of the result.
     *
     * @param variables gives the variables of all documents of the composition
     */
    Composition compose(
            List<Source> documents,
            List<Source> overlays,
            Architecture architecture,
            Function<List<Source>, Variables> variables,
            Problems problems) {
        Stack stack = new Stack(library, architecture, problems);
        documents.forEach(stack::add);
        overlays.forEach(stack::add);
        boolean complete = problems.isEmpty();

        History history = new History();
        Variables values = variables.apply(stack.sources());
        Conditions conditions = new Conditions(architecture, problems);
        Merge merge = new Merge(history, problems);
        Map<Boolean, List<Source>> byKind = stack.sources().stream().collect(partitioningBy(Source::isLiteral));
        List<Source> literal = byKind.get(true);
        if (!literal.isEmpty()) {
            merge.add(LinuxKitMerge.join(literal.stream().map(Source::content).toList(), history));
        }
        byKind.get(false).forEach(source -> merge.add(conditions.apply(values.substitute(source.contribution()))));
        values.checkUse();
        YamlNode.Mapping merged = merge.result(values);
        OsieDocument document = OsieDocument.read(merged, problems);
        if (complete) {
            // What a document that could not be read declares would be missed here.
            document.check(problems);
        }
        Source last = documents.get(documents.size() - 1);
        return new Composition(
                last.stem(),
                last.file(),
                document,
                files(stack.sources()),
                literal.stream().map(Source::name).collect(toSet()),
                history);
    }

    private List<Source> documents(CompositionRequest request, Problems problems) {
        List<Source> documents = request.documents().stream()
                .map(name -> document(name, request))
                .toList();
        if (documents.isEmpty()) {
            throw badInput("Name what to compose: a flavor, or plain LinuxKit documents.");
        }
        if (documents.size() > 1) {
            documents.forEach(document -> document.osiePosition().ifPresent(position -> problems.add(position, MIXED)));
        }
        if (documents.stream().map(Source::name).distinct().count() < documents.size()) {
            throw badInput("A document is named twice: " + String.join(", ", request.documents()));
        }
        return documents;
    }

    private Source document(String name, CompositionRequest request) {
        if (!name.equals(CompositionRequest.STANDARD_INPUT)) {
            return library.flavor(name);
        }
        return Library.standardInput(
                request.standardInput().orElseThrow(() -> badInput("There is nothing on standard input.")));
    }

    private static Map<String, Path> files(List<Source> sources) {
        Map<String, Path> files = new LinkedHashMap<>();
        sources.forEach(source -> files.put(source.name(), source.file()));
        return files;
    }
}
