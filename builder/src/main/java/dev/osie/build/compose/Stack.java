package dev.osie.build.compose;

import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import dev.osie.build.spec.ArchitectureCondition;
import dev.osie.build.spec.PieceReference;
import dev.osie.build.yaml.Fields;
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
    private final Architecture architecture;
    private final Problems problems;
    private final List<Source> sources = new ArrayList<>();
    private final Set<String> pieces = new HashSet<>();
    private final Deque<String> open = new ArrayDeque<>();
    private boolean conditional;

    Stack(Library library, Architecture architecture, Problems problems) {
        this.library = library;
        this.architecture = architecture;
        this.problems = problems;
    }

    List<Source> sources() {
        return List.copyOf(sources);
    }

    /** Whether a piece is for some architectures only. */
    boolean isConditional() {
        return conditional;
    }

    /** Adds a document on top; pieces that are not there yet, and that it asks for, come just below it. */
    void add(Source source) {
        source.osie().ifPresent(osie -> {
            Fields fields = Fields.of(osie, "osie", problems);
            for (String key : List.of("pieces", "pieces.add")) {
                fields.items(key, node -> PieceReference.read(node, problems)).forEach(this::addPiece);
            }
        });
        sources.add(source);
    }

    private void addPiece(PieceReference reference) {
        String name = reference.name();
        conditional |= !reference.condition().equals(ArchitectureCondition.ALWAYS);
        if (open.contains(name)) {
            problems.add(
                    reference.position(), "the piece '" + name + "' needs itself: " + String.join(" → ", cycle(name)));
            return;
        }
        // A piece for other architectures is read all the same: its name may be wrong.
        Optional<Source> piece = read(reference);
        if (piece.isEmpty() || !reference.condition().holds(architecture) || !pieces.add(name)) {
            return;
        }
        open.addLast(name);
        add(piece.get());
        open.removeLast();
    }

    private Optional<Source> read(PieceReference reference) {
        try {
            return Optional.of(library.piece(reference.name()));
        } catch (BuildException e) {
            problems.add(reference.position(), e);
            return Optional.empty();
        }
    }

    private List<String> cycle(String name) {
        List<String> names = new ArrayList<>();
        open.stream().dropWhile(piece -> !piece.equals(name)).forEach(names::add);
        names.add(name);
        return names;
    }
}
