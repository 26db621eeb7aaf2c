package dev.osie.build.yaml;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** A value of a YAML document that knows where it stands. */
public sealed interface YamlNode {
    Position position();

    /** What the value is, in words for an error message: {@code text}, {@code the number 420}, {@code a list}, … */
    String describe();

    /**
     * A single value.
     *
     * @param text as it stands in the document, without quotes
     * @param type what YAML 1.1 makes of it
     */
    record Scalar(String text, Type type, Position position) implements YamlNode {
        /** What YAML 1.1 takes a scalar for; quoted scalars are always text. */
        public enum Type {
            TEXT,
            INTEGER,
            FLOAT,
            BOOLEAN,
            NULL,
            TIMESTAMP
        }

        public boolean isNull() {
            return type == Type.NULL;
        }

        /**
         * The whole number that it is, unless it is something else or does not fit. Base 60, as in {@code 12:30}, is not taken for a
         * number: nobody means it.
         */
        public OptionalLong integer() {
            return type == Type.INTEGER && !isSexagesimal() ? YamlNumber.integer(text) : OptionalLong.empty();
        }

        private boolean isSexagesimal() {
            return (type == Type.INTEGER || type == Type.FLOAT) && text.indexOf(':') >= 0;
        }

        /**
         * Whether it is text where text is expected. YAML 1.2, and LinuxKit's reader, take words such as {@code on} and numbers in base 60
         * such as {@code 12:30} for text, and nobody means anything else by them there.
         */
        public boolean isText() {
            boolean word = type == Type.BOOLEAN && !Set.of("true", "false").contains(text.toLowerCase(Locale.ROOT));
            return type == Type.TEXT || word || isSexagesimal();
        }

        /** The truth value that it is, unless it is something else. */
        public Optional<Boolean> bool() {
            return type == Type.BOOLEAN
                    ? Optional.of(Set.of("true", "yes", "on").contains(text.toLowerCase(Locale.ROOT)))
                    : Optional.empty();
        }

        /** What YAML 1.1 makes of it, in words: {@code YAML reads 0644 as the number 420}. */
        String reading() {
            return "YAML reads " + text + " as " + meaning();
        }

        private String meaning() {
            return switch (type) {
                case TEXT -> describe();
                case INTEGER -> {
                    OptionalLong number = YamlNumber.integer(text);
                    String value = number.isPresent() ? Long.toString(number.getAsLong()) : text;
                    yield "the number " + value + (isSexagesimal() ? ", in base 60" : "");
                }
                case FLOAT -> "the number " + YamlNumber.decimal(text);
                case BOOLEAN -> "the truth value " + bool().orElseThrow();
                case NULL -> "nothing";
                case TIMESTAMP -> "a date";
            };
        }

        @Override
        public String describe() {
            return switch (type) {
                case TEXT -> "the text '" + PrintableText.shortened(text, 200) + "'";
                case INTEGER, FLOAT -> "the number " + text;
                case BOOLEAN -> "the truth value " + text;
                case NULL -> "nothing";
                case TIMESTAMP -> "the date " + text;
            };
        }
    }

    /** A list. */
    record Sequence(List<YamlNode> items, Position position) implements YamlNode {
        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public String describe() {
            return "a list";
        }
    }

    /** A mapping; its keys are scalars, each once, in the order of the document. */
    record Mapping(List<Entry> entries, Position position) implements YamlNode {
        public Mapping {
            entries = List.copyOf(entries);
        }

        public Optional<YamlNode> get(String key) {
            for (Entry entry : entries) {
                if (entry.key().text().equals(key)) {
                    return Optional.of(entry.value());
                }
            }
            return Optional.empty();
        }

        @Override
        public String describe() {
            return "a mapping";
        }
    }

    /** A key and its value. */
    record Entry(Scalar key, YamlNode value) {}
}
