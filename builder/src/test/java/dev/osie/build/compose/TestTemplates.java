package dev.osie.build.compose;

import dev.osie.build.platform.Architecture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A project's templates, written by a test. */
public record TestTemplates(Path root) {
    public Path piece(String name, String text) throws IOException {
        return write("linuxkit-templates/pieces/" + name + ".yaml", text);
    }

    public Path flavor(String name, String text) throws IOException {
        return write("linuxkit-templates/flavors/" + name + ".yaml", text);
    }

    public Path write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    public Composition compose(CompositionRequest request) {
        return new Composer(root).compose(request);
    }

    public Composition compose(String flavor, Map<String, String> variables) {
        return compose(new CompositionRequest(
                List.of(flavor), Optional.empty(), List.of(), variables, Architecture.X86_64, Optional.empty()));
    }

    public Composition compose(String flavor, Architecture architecture) {
        return compose(CompositionRequest.of(flavor, architecture));
    }

    /** Plain documents, joined. */
    public Composition join(Path... documents) {
        List<String> names = List.of(documents).stream().map(Path::toString).toList();
        return compose(new CompositionRequest(
                names, Optional.empty(), List.of(), Map.of(), Architecture.X86_64, Optional.empty()));
    }
}
