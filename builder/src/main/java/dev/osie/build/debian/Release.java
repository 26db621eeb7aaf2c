package dev.osie.build.debian;

import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a suite's Release file says (Debian repository format, "Release files").
 *
 * @param codename of the suite
 * @param date when it was made
 * @param validUntil after when it must not be used any more, if it says so
 * @param byHash whether indexes can also be fetched under their digest
 * @param files the indexes below the suite's directory, by path
 */
public record Release(
        String codename, Instant date, Optional<Instant> validUntil, boolean byHash, Map<String, Blob> files) {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "EEE, d MMM uuuu HH:mm:ss 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);
    private static final Pattern FILE = Pattern.compile(" +([0-9a-f]{64}) +([0-9]{1,15}) +(\\S+)");

    public Release {
        files = Map.copyOf(files);
    }

    /**
     * Reads the text of a Release file.
     *
     * @throws IOException when something it must say is missing or malformed
     */
    static Release parse(String text) throws IOException {
        Map<String, String> fields = new HashMap<>();
        Map<String, Blob> files = new HashMap<>();
        String field = "";
        for (String line : text.split("\n")) {
            if (!line.startsWith(" ")) {
                int colon = line.indexOf(':');
                if (colon < 1 || fields.containsKey(line.substring(0, colon))) {
                    throw new IOException("the line '" + line + "' is not a field of its own");
                }
                field = line.substring(0, colon);
                fields.put(field, line.substring(colon + 1).strip());
            } else if (field.equals("SHA256")) {
                addFile(line, files);
            }
        }
        return new Release(
                required(fields, "Codename"),
                date(required(fields, "Date")),
                fields.containsKey("Valid-Until") ? Optional.of(date(fields.get("Valid-Until"))) : Optional.empty(),
                fields.getOrDefault("Acquire-By-Hash", "no").equals("yes"),
                files);
    }

    private static void addFile(String line, Map<String, Blob> files) throws IOException {
        Matcher matcher = FILE.matcher(line);
        if (!matcher.matches()) {
            throw new IOException("the line '" + line + "' does not give digest, size and path of an index");
        }
        files.put(matcher.group(3), new Blob(new Digest(matcher.group(1)), Long.parseLong(matcher.group(2))));
    }

    private static String required(Map<String, String> fields, String name) throws IOException {
        if (!fields.containsKey(name)) {
            throw new IOException("the field '" + name + "' is missing");
        }
        return fields.get(name);
    }

    private static Instant date(String text) throws IOException {
        try {
            return ZonedDateTime.parse(text, DATE).toInstant();
        } catch (DateTimeException e) {
            throw new IOException("'" + text + "' is not a date such as 'Sat, 21 Nov 2026 09:15:44 UTC'", e);
        }
    }
}
