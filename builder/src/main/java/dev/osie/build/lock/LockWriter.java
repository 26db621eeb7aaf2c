package dev.osie.build.lock;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.store.Digest;
import java.util.Collection;
import java.util.Set;
import java.util.regex.Pattern;

/** The text of a lock: one value a line in a fixed order, so that a difference of two locks shows what was updated. */
final class LockWriter {
    static final long VERSION = 2;

    private static final Pattern PLAIN = Pattern.compile("[a-z][A-Za-z0-9+._/:-]*");
    /** What YAML 1.1 reads as something other than text. */
    private static final Set<String> RESERVED = Set.of("y", "n", "yes", "no", "on", "off", "true", "false", "null");

    private final StringBuilder text = new StringBuilder();

    private LockWriter() {}

    static String text(Lock lock) {
        String content = content(lock);
        return content + "check: " + Digest.ofText(content) + "\n";
    }

    /** The digest of all that a lock says, by which it is found out whether somebody edited it. */
    static String check(Lock lock) {
        return Digest.ofText(content(lock)).toString();
    }

    private static String content(Lock lock) {
        LockWriter writer = new LockWriter();
        writer.write(lock);
        return writer.text.toString();
    }

    private void write(Lock lock) {
        text.append("""
                # What osie-build built from, to the byte. Keep it with the flavor to build the same again.
                # What is missing: osie-build lock. What there is today: osie-build lock --update.
                """);
        text.append("version: ").append(VERSION).append('\n');
        if (!lock.builder().isEmpty()) {
            text.append("builder:\n");
            lock.builder().forEach((name, version) -> quoted("  " + name + ": ", version));
        }
        if (!lock.suites().isEmpty()) {
            text.append("suites:\n");
            lock.suites().forEach(this::suite);
            text.append("sets:\n");
            lock.sets().forEach((architecture, sets) -> {
                text.append("  ").append(architecture).append(":\n");
                sets.values().forEach(this::set);
            });
            text.append("packages:\n");
            lock.packages().forEach(this::binary);
        }
        if (!lock.images().isEmpty()) {
            text.append("images:\n");
            lock.images().values().forEach(this::image);
        }
    }

    private void image(LockedImage image) {
        line("  - name: ", image.name());
        image.from().ifPresent(place -> line("    from: ", place));
        image.index().ifPresent(index -> line("    index: ", index));
        text.append("    manifests:\n");
        image.manifests().forEach((architecture, digest) -> line("      " + architecture + ": ", digest));
    }

    private void suite(LockedSuite suite) {
        line("  - archive: ", suite.archive());
        line("    suite: ", suite.name());
        line("    date: ", suite.date());
        line("    inrelease: ", suite.inRelease());
    }

    private void set(LockedSet set) {
        line("    - name: ", set.request().name());
        list("      ", "wanted", set.request().wanted());
        list("      ", "exclude", set.request().exclude());
        set.request().suite().ifPresent(suite -> line("      suite: ", suite));
        if (set.request().dependencies() == PackageSet.Dependencies.IGNORE) {
            text.append("      dependencies: false\n");
        }
        list("      ", "packages", set.packages());
    }

    private void binary(BinaryPackage binary) {
        line("  - name: ", binary.name());
        quoted("    version: ", binary.version());
        line("    architecture: ", binary.architecture());
        line("    archive: ", binary.archive());
        binary.suite().ifPresent(suite -> line("    suite: ", suite));
        line("    path: ", binary.path());
        text.append("    size: ").append(binary.deb().size()).append('\n');
        line("    digest: ", binary.deb().digest());
    }

    private void list(String indent, String key, Collection<String> values) {
        if (!values.isEmpty()) {
            text.append(indent).append(key).append(":\n");
            values.forEach(value -> line(indent + "  - ", value));
        }
    }

    /** Versions are quoted always: most look like numbers or dates. */
    private void quoted(String start, Object value) {
        text.append(start).append('"').append(value).append("\"\n");
    }

    private void line(String start, Object value) {
        text.append(start).append(scalar(value.toString())).append('\n');
    }

    /** The values have no quotes, backslashes or control characters; the types they come from see to that. */
    private static String scalar(String value) {
        return PLAIN.matcher(value).matches() && !RESERVED.contains(value) ? value : "\"" + value + "\"";
    }
}
