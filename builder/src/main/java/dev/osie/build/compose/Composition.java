package dev.osie.build.compose;

import dev.osie.build.spec.FileEntry;
import dev.osie.build.spec.OsieDocument;
import dev.osie.build.yaml.Problems;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/**
 * What composing a flavor gives.
 *
 * @param name of the flavor: its file's name without {@code .yaml}
 * @param flavor the flavor's file
 * @param document the one document, without pieces and with every variable's value
 * @param files the documents that were read, by the names positions use, in the order they were merged
 */
public record Composition(String name, Path flavor, OsieDocument document, Map<String, Path> files) {
    /** The names of the recipes the document refers to. */
    public SortedSet<String> recipes() {
        return document.recipes();
    }

    /** The names of the documents that were merged, lowest first. */
    public List<String> documents() {
        return List.copyOf(files.keySet());
    }

    /** The file of the host that an entry of {@code files} takes; a relative one lies beside the document that names it. */
    public Path locate(FileEntry.Source source) {
        Path document = files.get(source.position().document());
        if (document == null) {
            throw Problems.failure(
                    source.position(), "the source '" + source.file() + "' cannot be found beside an unknown file");
        }
        if (source.file().startsWith("~/")) {
            return Path.of(System.getProperty("user.home"), source.file().substring(2));
        }
        return document.resolveSibling(source.file()).normalize();
    }
}
