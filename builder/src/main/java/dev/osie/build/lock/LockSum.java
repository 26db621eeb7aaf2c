package dev.osie.build.lock;

import static dev.osie.build.failure.BuildException.verification;

import dev.osie.build.store.Digest;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The last line of a lock: a comment with the digest of all lines above. Most of a lock is digests that show by themselves when one was
 * altered, but dates, versions and sets are not, and they decide about bytes too.
 */
final class LockSum {
    private static final String LABEL = "# sum ";
    private static final Pattern LINE = Pattern.compile(LABEL + "(sha256:[0-9a-f]{64})\n");

    private LockSum() {}

    static String added(String text) {
        return text + LABEL + Digest.ofText(text) + "\n";
    }

    /**
     * Compares a lock with its last line, when that is a sum.
     *
     * @throws dev.osie.build.failure.BuildException {@code VERIFICATION} when they differ
     */
    static void require(String file, String text) {
        int start = text.lastIndexOf("\n" + LABEL) + 1;
        Optional<String> sum = Optional.of(LINE.matcher(text.substring(start)))
                .filter(Matcher::matches)
                .map(line -> line.group(1));
        String found = Digest.ofText(text.substring(0, start)).toString();
        if (sum.isPresent() && !sum.get().equals(found)) {
            throw verification(file + " is not as osie-build wrote it: its last line says " + sum.get()
                            + ", and the lines above are " + found)
                    .hint("Perhaps get the original back, or resolve anew: osie-build lock."
                            + " If the change is meant, remove the last line.");
        }
    }
}
