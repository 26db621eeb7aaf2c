package dev.osie.build.image;

import dev.osie.build.spec.Identity;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.Suggestion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Collectors;

/**
 * The users and groups of an image: those that lie below, and those of its recipe. Where the recipe has some, root is always among them, and
 * each user has a group.
 */
final class Accounts {
    private static final String ROOT = "root";
    private static final String PASSWORD = "*"; // which nothing matches
    private static final int GROUP = 3;
    private static final int MEMBERS = 3;
    private static final int COMMENT = 4;
    private static final int HOME = 5;
    private static final int SHELL = 6;
    private static final int MOST_NAMED = 16;

    private final AccountFile users;
    private final AccountFile groups;
    private final Problems problems;
    private final boolean complete;

    /** The accounts of an image whose lower layers are there. */
    static Accounts of(Recipe recipe, LowerLayers lower, Problems problems) {
        if (!recipe.usesAccounts()) {
            return new Accounts(recipe, "", "", true, problems);
        }
        return new Accounts(
                recipe,
                text(recipe, "etc/passwd").orElseGet(lower::passwd),
                text(recipe, "etc/group").orElseGet(lower::group),
                true,
                problems);
    }

    /** The text of one of the recipe's own files. */
    static Optional<String> text(Recipe recipe, String path) {
        return recipe.files().stream()
                .filter(file -> file.path().equals(path))
                .findFirst()
                .flatMap(file -> text(recipe, file.kind()));
    }

    private static Optional<String> text(Recipe recipe, RecipeFile.Kind kind) {
        if (kind instanceof RecipeFile.Text text) {
            return Optional.of(text.contents());
        }
        if (kind instanceof RecipeFile.Copied copied) {
            try {
                return Optional.of(new String(
                        Files.readAllBytes(recipe.directory().resolve(copied.source())), StandardCharsets.UTF_8));
            } catch (IOException e) {
                return Optional.of(""); // whoever copies it will say what is wrong
            }
        }
        return Optional.empty();
    }

    /**
     * Accounts.
     *
     * @param passwd {@code etc/passwd} as it lies below, or as the recipe's own files have it
     * @param group {@code etc/group} likewise
     * @param complete whether there are no others; else a name that is not known is taken for one of them, unless it is nearly a known one
     * @param problems where everything that does not fit is reported
     */
    Accounts(Recipe recipe, String passwd, String group, boolean complete, Problems problems) {
        this.complete = complete;
        this.users = new AccountFile(passwd);
        this.groups = new AccountFile(group);
        this.problems = problems;
        if (recipe.users().isEmpty() && recipe.groups().isEmpty()) {
            return;
        }
        recipe.groups().forEach(this::add);
        // A user may have another's group.
        recipe.users().stream().filter(user -> user.gid().isEmpty()).forEach(this::add);
        recipe.users().stream().filter(user -> user.gid().isPresent()).forEach(this::add);
        if (!users.contains(ROOT)) {
            users.put(ROOT, PASSWORD, "0", "0", "", "/root", "/bin/sh");
        }
        if (groups.namesOf(0).isEmpty()) {
            groups.put(ROOT, PASSWORD, "0", "");
        }
        recipe.users().stream()
                .filter(user -> user.uid().isEmpty())
                .forEach(user -> requireOwnNumber("user", user.name(), users, user.position()));
        recipe.groups().stream()
                .filter(each -> each.gid().isEmpty())
                .forEach(each -> requireOwnNumber("group", each.name(), groups, each.position()));
        recipe.groups().forEach(this::checkMembers);
    }

    private void add(Recipe.Group group) {
        long gid = number("group", group.name(), group.gid(), groups.number(group.name()), group.position());
        Set<String> members = new LinkedHashSet<>(
                Arrays.asList(groups.field(group.name(), MEMBERS).orElse("").split(",")));
        members.remove("");
        group.members().forEach(member -> members.add(member.text()));
        groups.put(group.name(), password(groups, group.name()), Long.toString(gid), String.join(",", members));
    }

    private void add(Recipe.User user) {
        String name = user.name();
        OptionalLong below = users.number(name);
        long uid = number("user", name, user.uid(), below, user.position());
        long gid = user.gid().map(this::gid).orElseGet(() -> ownGroup(user, uid));
        if (groups.namesOf(gid).isEmpty()) {
            groups.put(name, PASSWORD, Long.toString(gid), "");
        }
        String home = user.home().or(() -> users.field(name, HOME)).orElse("/");
        String shell = user.shell().or(() -> users.field(name, SHELL)).orElse("/bin/false");
        String comment = users.field(name, COMMENT).orElse("");
        users.put(name, password(users, name), Long.toString(uid), Long.toString(gid), comment, home, shell);
    }

    /** What lies below may say that there is a shadow file. */
    private static String password(AccountFile file, String name) {
        return file.field(name, 1).orElse(PASSWORD);
    }

    /** The group of a user who names none: the one it has below; for a user without a number that of its name; else one of its number. */
    private long ownGroup(Recipe.User user, long uid) {
        OptionalLong below = users.number(user.name(), GROUP);
        OptionalLong named = groups.number(user.name());
        if (below.isPresent()) {
            return below.getAsLong();
        }
        return user.uid().isEmpty() && named.isPresent() ? named.getAsLong() : uid;
    }

    private long number(String what, String name, OptionalLong said, OptionalLong below, Position position) {
        if (said.isPresent() && below.isPresent() && said.getAsLong() != below.getAsLong()) {
            problems.add(
                    position,
                    "the " + what + " '" + name + "' has the number " + below.getAsLong()
                            + " in what lies below, and files there may belong to it: leave out "
                            + said.getAsLong() + ", or take another name");
        }
        return said.isPresent() ? said.getAsLong() : below.orElseGet(() -> AccountNumbers.of(name));
    }

    /** Numbers that come from names can meet, as those of anybody. */
    private void requireOwnNumber(String what, String name, AccountFile file, Position position) {
        long number = file.number(name).orElseThrow();
        SortedSet<String> names = file.namesOf(number);
        names.remove(name);
        if (number == AccountNumbers.of(name) && !names.isEmpty()) {
            problems.add(
                    position,
                    "the " + what + " '" + name + "' would have the number " + number + ", which '" + names.first()
                            + "' has: give it another with '" + (what.equals("user") ? "uid" : "gid") + "'");
        }
    }

    private void checkMembers(Recipe.Group group) {
        group.members().stream()
                .filter(member -> !users.contains(member.text()))
                .forEach(member -> reportUnknown(member, "user", users));
    }

    /** A user's number; a name that the image doesn't know is a problem. */
    long uid(Identity user) {
        return resolve(user, "user", users);
    }

    /** A group's number. */
    long gid(Identity group) {
        return resolve(group, "group", groups);
    }

    /** The user and the group in numbers, {@code uid:gid}; the group is the user's own unless another is named. */
    String inNumbers(RecipeConfig.User user) {
        long own = users.number(user.uid().text(), GROUP).orElse(0);
        return uid(user.uid()) + ":" + user.gid().map(this::gid).orElse(own);
    }

    private long resolve(Identity account, String what, AccountFile file) {
        if (account.isNumber()) {
            return Long.parseLong(account.text());
        }
        OptionalLong number = file.number(account.text());
        if (number.isEmpty() && !account.text().equals(ROOT)) {
            reportUnknown(account, what, file);
        }
        return number.orElse(0);
    }

    private void reportUnknown(Identity account, String what, AccountFile file) {
        SortedSet<String> names = file.names();
        Optional<String> closest = Suggestion.closest(account.text(), names);
        if (complete || closest.isPresent()) {
            problems.add(
                    account.position(),
                    "the image has no " + what + " '" + account.text() + "' — "
                            + closest.map(name -> "did you mean '" + name + "'?")
                                    .orElseGet(() -> known(names) + "; '" + what + "s' adds one"));
        }
    }

    private static String known(SortedSet<String> names) {
        return names.isEmpty()
                ? "it has only root"
                : "it has " + names.stream().limit(MOST_NAMED).collect(Collectors.joining(", "))
                        + (names.size() > MOST_NAMED ? ", …" : "");
    }

    String passwd() {
        return users.text();
    }

    String group() {
        return groups.text();
    }
}
