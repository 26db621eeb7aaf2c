package dev.osie.build.kernel;

import static dev.osie.build.failure.BuildException.badInput;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which modules must be loaded before which, from the symbols they export and need. The order is depmod's: a module comes before those
 * it depends on, and {@code modules.dep} lists dependencies in that order, so that a loader takes them from the end of the line.
 */
final class DependencyOrder {
    private final List<List<Integer>> direct;
    private final int[] rank;

    private DependencyOrder(List<List<Integer>> direct, int[] rank) {
        this.direct = direct;
        this.rank = rank;
    }

    static DependencyOrder of(List<ModuleFacts> modules) {
        SymbolTable symbols = SymbolTable.of(modules);
        List<List<Integer>> direct = new ArrayList<>();
        for (ModuleFacts module : modules) {
            Set<Integer> owners = new LinkedHashSet<>();
            module.needs().forEach(symbol -> symbols.find(symbol).ifPresent(owners::add));
            direct.add(List.copyOf(owners));
        }
        return new DependencyOrder(direct, ranks(modules, direct));
    }

    /** Positions of all modules that the module at a position depends on, however far, in the order of {@code modules.dep}. */
    List<Integer> allDependencies(int module) {
        BitSet seen = new BitSet();
        Deque<Integer> left = new ArrayDeque<>(direct.get(module));
        while (!left.isEmpty()) {
            int dependency = left.removeLast();
            if (!seen.get(dependency)) {
                seen.set(dependency);
                left.addAll(direct.get(dependency));
            }
        }
        return seen.stream()
                .boxed()
                .sorted(Comparator.comparingInt(dependency -> rank[dependency]))
                .toList();
    }

    /** Sorts topologically: whenever the last user of a module has its rank, the module is next. */
    private static int[] ranks(List<ModuleFacts> modules, List<List<Integer>> direct) {
        int[] users = new int[direct.size()];
        direct.forEach(dependencies -> dependencies.forEach(dependency -> users[dependency]++));
        Deque<Integer> ready = new ArrayDeque<>();
        IntStream.range(0, users.length).filter(i -> users[i] == 0).forEach(ready::addLast);
        int[] rank = new int[users.length];
        int sorted = 0;
        while (!ready.isEmpty()) {
            int module = ready.removeLast();
            rank[module] = sorted++;
            for (int dependency : direct.get(module)) {
                if (--users[dependency] == 0) {
                    ready.addLast(dependency);
                }
            }
        }
        if (sorted < users.length) {
            throw badInput("Tried to order kernel modules, but these depend on each other in a circle: "
                    + IntStream.range(0, users.length)
                            .filter(i -> users[i] > 0)
                            .mapToObj(i -> modules.get(i).name())
                            .sorted()
                            .collect(Collectors.joining(", ")));
        }
        return rank;
    }
}
