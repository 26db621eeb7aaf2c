package dev.osie.worker.containerd;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.osie.worker.action.Action;
import dev.osie.worker.image.Descriptor;

/** What an action's container is called in containerd. */
final class ContainerName {
    /** Of an identifier, in containerd. */
    private static final int LIMIT = 76;

    private static final int DIGEST_DIGITS = 16;

    private ContainerName() {}

    /**
     * {@code tinkerbell_<name>_<action id>} as far as containerd takes it: letters and digits of ASCII, and between them single dots,
     * underscores and dashes. What is too long ends with a digest of the whole.
     */
    static String of(Action action) {
        String whole = "tinkerbell_" + action.name() + "_" + action.id();
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < whole.length(); i++) {
            char c = whole.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (plain) {
                name.append(c);
            } else if (!endsWithSeparator(name)) {
                name.append(isSeparator(c) ? c : '_');
            }
        }
        if (endsWithSeparator(name)) {
            name.setLength(name.length() - 1);
        }
        if (name.length() <= LIMIT) {
            return name.toString();
        }
        name.setLength(LIMIT - DIGEST_DIGITS - 1);
        if (endsWithSeparator(name)) {
            name.setLength(name.length() - 1);
        }
        String digest = Descriptor.digestOf(whole.getBytes(UTF_8)).substring("sha256:".length());
        return name.append('-').append(digest, 0, DIGEST_DIGITS).toString();
    }

    private static boolean endsWithSeparator(StringBuilder name) {
        return name.length() == 0 || isSeparator(name.charAt(name.length() - 1));
    }

    private static boolean isSeparator(char c) {
        return c == '_' || c == '.' || c == '-';
    }
}
