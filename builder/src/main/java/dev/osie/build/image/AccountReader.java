package dev.osie.build.image;

import dev.osie.build.spec.Identity;
import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** Reads a recipe's {@code users} and {@code groups}. */
final class AccountReader {
    private final ValueReader values;
    private final Problems problems;

    AccountReader(ValueReader values) {
        this.values = values;
        this.problems = values.problems();
    }

    /** The users for the architecture at hand. */
    List<Recipe.User> users(Fields recipe) {
        List<Recipe.User> users = recipe.items("users", this::user);
        requireOneOfEach("users", users, Recipe.User::name, Recipe.User::position);
        return users;
    }

    /** The groups for the architecture at hand. */
    List<Recipe.Group> groups(Fields recipe) {
        List<Recipe.Group> groups = recipe.items("groups", this::group);
        requireOneOfEach("groups", groups, Recipe.Group::name, Recipe.Group::position);
        return groups;
    }

    private Optional<Recipe.User> user(YamlNode node) {
        Fields fields = Fields.of(node, "a user of the recipe", problems);
        String name = name(fields, "the name of a user");
        OptionalLong uid = values.id(fields, "uid");
        Optional<Identity> gid = values.owner(fields, "gid");
        Optional<String> home = values.accountField(fields, "home");
        Optional<String> shell = values.accountField(fields, "shell");
        boolean counts = values.counts(fields);
        fields.finish();
        return counts && !name.isEmpty()
                ? Optional.of(new Recipe.User(name, uid, gid, home, shell, fields.position()))
                : Optional.empty();
    }

    private Optional<Recipe.Group> group(YamlNode node) {
        Fields fields = Fields.of(node, "a group of the recipe", problems);
        String name = name(fields, "the name of a group");
        OptionalLong gid = values.id(fields, "gid");
        List<Identity> members = values.accounts(fields, "members");
        boolean counts = values.counts(fields);
        fields.finish();
        return counts && !name.isEmpty()
                ? Optional.of(new Recipe.Group(name, gid, members, fields.position()))
                : Optional.empty();
    }

    private String name(Fields fields, String what) {
        fields.requiredNode("name");
        return values.matching(fields, "name", ValueReader.ACCOUNT, what).orElse("");
    }

    private <T> void requireOneOfEach(
            String key, List<T> accounts, Function<T, String> name, Function<T, Position> position) {
        Map<String, T> byName = new HashMap<>();
        for (T account : accounts) {
            T other = byName.putIfAbsent(name.apply(account), account);
            if (other != null) {
                problems.add(
                        position.apply(account),
                        "'" + key + "' names " + name.apply(account) + " twice: line "
                                + position.apply(other).line() + " has it too");
            }
        }
    }
}
