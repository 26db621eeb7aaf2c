package dev.osie.build.image;

import static dev.osie.build.failure.BuildException.badInput;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The users and groups of an image: those of its recipe and of the recipes it builds on. Root is always among them, and each user has a
 * group.
 */
final class Accounts {
    private static final Recipe.User ROOT = new Recipe.User("root", 0, 0, "/root", "/bin/sh");

    private final Map<String, Recipe.User> users = new TreeMap<>();
    private final Map<String, Recipe.Group> groups = new TreeMap<>();

    /** @param chain recipes, bottom first; a later one may say more of a user, but not change the number */
    Accounts(List<Recipe> chain) {
        for (Recipe recipe : chain) {
            for (Recipe.User user : recipe.users()) {
                Recipe.User earlier = users.put(user.name(), user);
                requireSame(recipe, "user " + user.name(), earlier == null ? user.uid() : earlier.uid(), user.uid());
            }
            for (Recipe.Group group : recipe.groups()) {
                Recipe.Group earlier = groups.put(group.name(), group);
                requireSame(
                        recipe, "group " + group.name(), earlier == null ? group.gid() : earlier.gid(), group.gid());
            }
        }
        if (!isEmpty()) {
            users.putIfAbsent(ROOT.name(), ROOT);
            users.values().forEach(this::addGroup);
        }
    }

    private void addGroup(Recipe.User user) {
        if (groups.values().stream().noneMatch(group -> group.gid() == user.gid())) {
            groups.put(user.name(), new Recipe.Group(user.name(), user.gid(), List.of()));
        }
    }

    private static void requireSame(Recipe recipe, String what, long before, long now) {
        if (before != now) {
            throw badInput("The recipe '" + recipe.name() + "' gives the " + what + " the number " + now
                    + ", but a recipe it builds on gives it " + before);
        }
    }

    boolean isEmpty() {
        return users.isEmpty() && groups.isEmpty();
    }

    /** {@code etc/passwd}, by number; {@code *} is a password that nothing matches. */
    String passwd() {
        return lines(
                users.values(),
                Comparator.comparingLong(Recipe.User::uid),
                user -> user.name() + ":*:" + user.uid() + ":" + user.gid() + "::" + user.home() + ":" + user.shell());
    }

    /** {@code etc/group}, by number. */
    String group() {
        return lines(
                groups.values(),
                Comparator.comparingLong(Recipe.Group::gid),
                group -> group.name() + ":*:" + group.gid() + ":" + String.join(",", group.members()));
    }

    private static <T> String lines(Collection<T> accounts, Comparator<T> order, Function<T, String> line) {
        return accounts.stream()
                .sorted(order)
                .map(line)
                .map(text -> text + "\n")
                .collect(Collectors.joining());
    }
}
