package dev.osie.worker.json;

/** Writes JSON (RFC 8259), two blanks a level, keys in the order in which they are given. */
public final class JsonText {
    private final StringBuilder out = new StringBuilder();
    private int level;
    private boolean first = true;
    private boolean afterKey;

    /** Begins an object or a list: <code>{</code> or <code>[</code>. */
    public JsonText begin(char bracket) {
        item();
        out.append(bracket);
        level++;
        first = true;
        return this;
    }

    /** Ends what was begun: <code>}</code> or <code>]</code>. */
    public JsonText end(char bracket) {
        level--;
        if (!first) {
            newLine();
        }
        out.append(bracket);
        first = false;
        return this;
    }

    public JsonText key(String name) {
        value(name);
        out.append(": ");
        afterKey = true;
        return this;
    }

    public JsonText text(String key, String value) {
        return key(key).value(value);
    }

    public JsonText number(String key, long value) {
        key(key).item();
        out.append(value);
        return this;
    }

    /** A text in a list or after a key. */
    public JsonText value(String text) {
        item();
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                out.append(c);
            }
        }
        out.append('"');
        return this;
    }

    private void item() {
        if (afterKey) {
            afterKey = false;
            return;
        }
        if (!first) {
            out.append(',');
        }
        first = false;
        if (level > 0) {
            newLine();
        }
    }

    private void newLine() {
        out.append('\n').append("  ".repeat(level));
    }

    /** What was written, with a line feed at the end. */
    @Override
    public String toString() {
        return out + "\n";
    }
}
