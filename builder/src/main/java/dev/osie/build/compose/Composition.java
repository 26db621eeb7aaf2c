package dev.osie.build.compose;

import dev.osie.build.spec.FileEntry;
import dev.osie.build.spec.OsieDocument;
import dev.osie.build.yaml.Problems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;

/**
 * What composing a flavor gives.
 *
 * @param name what it is called: the flavor's file without {@code .yaml}, unless the caller gave another
 * @param flavor the flavor's file, or the last of several documents
 * @param document the one document, without pieces and with every variable's value
 * @param files the documents that were read, by the names positions use, in the order they were merged
 * @param literal the names of those documents that are plain LinuxKit YAML
 * @param history what the documents' values took the place of
 */
public record Composition(
        String name,
        Path flavor,
        OsieDocument document,
        Map<String, Path> files,
        Set<String> literal,
        History history) {
    Composition named(String newName) {
        return new Composition(newName, flavor, document, files, literal, history);
    }

    /** The names of the recipes the document refers to. */
    public SortedSet<String> recipes() {
        return document.recipes();
    }

    /** The names of the documents that were merged, lowest first. */
    public List<String> documents() {
        return List.copyOf(files.keySet());
    }

    /**
     * The file of the host that an entry of {@code files} takes. A relative one lies beside the document that names it. Where a plain
     * LinuxKit document has none there, it means one of the working directory, as it does for LinuxKit.
     */
    public Path locate(FileEntry.Source source) {
        Path document = files.get(source.position().document());
        if (document == null) {
            throw Problems.failure(
                    source.position(), "the source '" + source.file() + "' cannot be found beside an unknown file");
        }
        if (source.file().startsWith("~/")) {
            return Path.of(System.getProperty("user.home"), source.file().substring(2));
        }
        Path beside = document.resolveSibling(source.file()).normalize();
        boolean elsewhere = literal.contains(source.position().document()) && !Files.exists(beside);
        return elsewhere ? Path.of(source.file()).normalize() : beside;
    }
}
