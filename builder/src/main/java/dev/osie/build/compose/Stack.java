package dev.osie.build.compose;

import dev.osie.build.failure.BuildException;
import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The documents of a composition in the order they are merged: each piece once, and before the document that asks for it. */
final class Stack {
    private final Library library;
    private final Problems problems;
    private final List<Source> sources = new ArrayList<>();
    private final Set<String> pieces = new HashSet<>();
    private final Deque<String> open = new ArrayDeque<>();

    Stack(Library library, Problems problems) {
        this.library = library;
        this.problems = problems;
    }

    List<Source> sources() {
        return List.copyOf(sources);
    }

    /** Adds a document on top; pieces that are not there yet, and that it asks for, come just below it. */
    void add(Source source) {
        source.osie().ifPresent(osie -> {
            Fields fields = Fields.of(osie, "osie", problems);
            for (String key : List.of("pieces", "pieces.add")) {
                fields.textItems(key, (name, position) -> {
                    addPiece(name, position);
                    return Optional.of(name);
                });
            }
        });
        sources.add(source);
    }

    private void addPiece(String name, Position position) {
        if (open.contains(name)) {
            problems.add(position, "the piece '" + name + "' needs itself: " + String.join(" → ", cycle(name)));
            return;
        }
        if (!pieces.add(name)) {
            return;
        }
        open.addLast(name);
        try {
            add(library.piece(name));
        } catch (BuildException e) {
            problems.add(position, e);
        } finally {
            open.removeLast();
        }
    }

    private List<String> cycle(String name) {
        List<String> names = new ArrayList<>();
        open.stream().dropWhile(piece -> !piece.equals(name)).forEach(names::add);
        names.add(name);
        return names;
    }
}
