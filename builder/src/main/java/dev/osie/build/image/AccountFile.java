package dev.osie.build.image;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code etc/passwd} or {@code etc/group}: lines of fields, of which the first is a name and the third its number. */
final class AccountFile {
    private static final int NUMBER = 2;

    /** In their order: of two lines with one name or number the C library takes the first. */
    private final List<List<String>> below = new ArrayList<>();

    private final List<List<String>> added = new ArrayList<>();

    /** @param text what lies below; lines that are none of an account stay as they are */
    AccountFile(String text) {
        text.lines().forEach(line -> below.add(List.of(line.split(":", -1))));
    }

    private Stream<List<String>> accounts() {
        return Stream.concat(below.stream(), added.stream())
                .filter(fields -> fields.size() > NUMBER && number(fields).isPresent());
    }

    private static OptionalLong number(List<String> fields) {
        return number(fields, NUMBER);
    }

    private static OptionalLong number(List<String> fields, int index) {
        String text = fields.size() > index ? fields.get(index) : "";
        boolean digits = !text.isEmpty() && text.length() <= 10 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    private Optional<List<String>> find(String name) {
        return accounts().filter(fields -> fields.get(0).equals(name)).findFirst();
    }

    boolean contains(String name) {
        return find(name).isPresent();
    }

    /** A field of the account with that name, counted from 0. */
    Optional<String> field(String name, int index) {
        return find(name).filter(fields -> fields.size() > index).map(fields -> fields.get(index));
    }

    OptionalLong number(String name) {
        return find(name).map(AccountFile::number).orElseGet(OptionalLong::empty);
    }

    /** The number in a field of the account with that name. */
    OptionalLong number(String name, int index) {
        return find(name).map(fields -> number(fields, index)).orElseGet(OptionalLong::empty);
    }

    /** The names that a number has. */
    SortedSet<String> namesOf(long number) {
        return accounts()
                .filter(fields -> number(fields).getAsLong() == number)
                .map(fields -> fields.get(0))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    SortedSet<String> names() {
        return accounts().map(fields -> fields.get(0)).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Puts an account in the place of the one with its name, or else at the end. */
    void put(String... fields) {
        List<String> line = List.of(fields);
        Optional<List<String>> earlier = find(line.get(0));
        if (earlier.isPresent() && below.contains(earlier.get())) {
            below.set(below.indexOf(earlier.get()), line);
        } else {
            earlier.ifPresent(added::remove);
            added.add(line);
        }
    }

    /** The text: what lies below as it is, then what was added, by number. */
    String text() {
        Comparator<List<String>> byNumber =
                Comparator.comparingLong(fields -> number(fields).orElse(0));
        return Stream.concat(below.stream(), added.stream().sorted(byNumber.thenComparing(fields -> fields.get(0))))
                .map(fields -> String.join(":", fields) + "\n")
                .collect(Collectors.joining());
    }
}
