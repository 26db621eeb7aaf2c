package dev.osie.build.spec;

import java.util.List;
import java.util.Random;

/** Changes the text of a document at random, with a liking for what YAML gives a meaning. */
public final class Mutation {
    private static final List<String> FRAGMENTS = List.of(
            "null",
            "~",
            "{}",
            "[]",
            "- ",
            ": ",
            "\n",
            "  ",
            "*i",
            "&i ",
            "<<: ",
            "!!binary ",
            "!x ",
            "0o7",
            "-1",
            "1e3",
            "99999999999999999999",
            "..",
            "/../",
            "\0",
            "\t",
            "'",
            "\"",
            "|",
            ">",
            "%",
            "@",
            "#",
            "---\n",
            "...\n",
            "?",
            "on",
            "2020-01-01",
            "1:30",
            "0x",
            "\uD83D\uDE00",
            "\u2028",
            "\uFEFF",
            ",",
            "[",
            "{",
            "}",
            "]");

    private Mutation() {}

    /** The text with one change. */
    public static String of(String text, Random random) {
        int at = random.nextInt(text.length() + 1);
        int length = Math.min(text.length() - at, random.nextInt(8));
        String kept = text.substring(at + length);
        return switch (random.nextInt(4)) {
            case 0 -> text.substring(0, at) + kept;
            case 1 -> text.substring(0, at) + FRAGMENTS.get(random.nextInt(FRAGMENTS.size())) + kept;
            case 2 -> text.substring(0, at) + (char) random.nextInt(0x180) + text.substring(at);
            default -> text.substring(0, at) + text.substring(at, at + length) + text.substring(at);
        };
    }
}
