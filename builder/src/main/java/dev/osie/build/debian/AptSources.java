package dev.osie.build.debian;

import dev.osie.build.failure.BuildException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The addresses of Debian's archives that apt is set up with (sources.list(5), both the one-line and the deb822 form). The archive of
 * an address is told by its last directory: {@code debian} or {@code debian-security}. What cannot be read or understood is passed over:
 * it is apt's, and may be anything.
 */
final class AptSources {
    private static final Pattern ONE_LINE = Pattern.compile("deb\\s+(?:\\[[^]]*]\\s*)?(\\S+)\\s.*");
    private static final String LIST_OF_MIRRORS = "mirror+file:";

    private final List<Source> sources;

    /** An address and the file that names it. */
    record Source(URI uri, Path file) {}

    private AptSources(List<Source> sources) {
        this.sources = sources;
    }

    /** The sources below a directory such as {@code /etc/apt}; empty when it names no archive of Debian. */
    static Optional<AptSources> read(Path directory) {
        List<Source> sources = new ArrayList<>();
        for (Path file : files(directory)) {
            try {
                String text = Files.readString(file);
                boolean stanzas = file.getFileName().toString().endsWith(".sources");
                for (String address : stanzas ? fromStanzas(text) : fromLines(text)) {
                    addressOf(address).ifPresent(uri -> sources.add(new Source(uri, file)));
                }
            } catch (IOException e) {
                continue; // Not ours to read.
            }
        }
        return sources.isEmpty() ? Optional.empty() : Optional.of(new AptSources(sources));
    }

    Optional<Source> first(Archive archive) {
        return sources.stream()
                .filter(source -> isArchive(source.uri(), archive))
                .findFirst();
    }

    /** Whether the last directory of an address is the archive's. */
    static boolean isArchive(URI uri, Archive archive) {
        return uri.getPath() != null && uri.getPath().replaceFirst("/+$", "").endsWith("/" + archive);
    }

    /** In the order that apt reads them. */
    private static List<Path> files(Path directory) {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> parts =
                Files.newDirectoryStream(directory.resolve("sources.list.d"), "*.{list,sources}")) {
            parts.forEach(files::add);
        } catch (IOException e) {
            files.clear(); // No such directory: a host without apt.
        }
        Collections.sort(files);
        files.add(0, directory.resolve("sources.list"));
        return files;
    }

    private static List<String> fromLines(String text) {
        List<String> addresses = new ArrayList<>();
        for (String line : text.lines().toList()) {
            Matcher matcher = ONE_LINE.matcher(line.replaceFirst("#.*", "").strip());
            if (matcher.matches()) {
                addresses.add(matcher.group(1));
            }
        }
        return addresses;
    }

    private static List<String> fromStanzas(String text) {
        List<String> addresses = new ArrayList<>();
        for (String stanza : text.replaceAll("(?m)^#.*\\R?", "").split("\\R[ \\t]*\\R")) {
            Map<String, String> fields = fields(stanza);
            boolean binary =
                    List.of(fields.getOrDefault("types", "").split("\\s+")).contains("deb");
            if (binary && !fields.getOrDefault("enabled", "yes").matches("(?i)no|false|0|off|disable|without")) {
                addresses.addAll(List.of(fields.getOrDefault("uris", "").split("\\s+")));
            }
        }
        return addresses;
    }

    private static Map<String, String> fields(String stanza) {
        Map<String, String> fields = new TreeMap<>();
        String name = "";
        for (String line : stanza.lines().toList()) {
            int colon = line.indexOf(':');
            if (line.startsWith(" ") || line.startsWith("\t")) {
                fields.merge(name, line.strip(), (before, more) -> (before + " " + more).strip());
            } else if (colon > 0) {
                name = line.substring(0, colon).toLowerCase(Locale.ROOT);
                fields.put(name, line.substring(colon + 1).strip());
            }
        }
        return fields;
    }

    /** The address itself, or the first of a list of mirrors, as Debian's cloud images have it. */
    private static Optional<URI> addressOf(String text) {
        try {
            if (text.startsWith(LIST_OF_MIRRORS)) {
                Path list = Path.of(URI.create("file:" + text.substring(LIST_OF_MIRRORS.length())));
                String first = Files.readAllLines(list).stream()
                        .map(line -> line.replaceFirst("[#\\s].*", ""))
                        .filter(line -> !line.isEmpty())
                        .findFirst()
                        .orElse("");
                return Optional.of(Addresses.parse(first, list.toString()));
            }
            return Optional.of(Addresses.parse(text, "apt"))
                    .filter(uri -> isArchive(uri, Archive.DEBIAN) || isArchive(uri, Archive.SECURITY));
        } catch (IOException | IllegalArgumentException | BuildException e) {
            return Optional.empty();
        }
    }
}
