package dev.osie.build.oci.source;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.yaml.Suggestion;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * An image by the place it comes from, as skopeo spells it (containers-transports(5)): {@code docker-archive:image.tar:app:1}. A name
 * without a transport is one of a registry.
 *
 * @param transport the kind of place
 * @param place a path; empty where the kind has none
 * @param image the name of the image there; empty when the place has only one
 */
public record SourceName(Transport transport, String place, String image) {
    /** A kind of place. */
    public enum Transport {
        REGISTRY("docker", false),
        OCI("oci", true),
        OCI_ARCHIVE("oci-archive", true),
        DOCKER_ARCHIVE("docker-archive", true),
        DOCKER_DAEMON("docker-daemon", false);

        private final String word;
        private final boolean hasPath;

        Transport(String word, boolean hasPath) {
            this.word = word;
            this.hasPath = hasPath;
        }

        /** The one that skopeo calls so. */
        public static Transport of(String word) {
            return Arrays.stream(values())
                    .filter(each -> each.word.equals(word))
                    .findFirst()
                    .orElseThrow(() -> badInput("'" + word
                            + "' is no kind of place that images come from: expected one of "
                            + Arrays.stream(values()).map(Transport::toString).collect(Collectors.joining(", "))));
        }

        /** Whether images have manifests there, which registries may know too. */
        public boolean hasManifests() {
            return this == REGISTRY || this == OCI || this == OCI_ARCHIVE;
        }

        /** As skopeo calls it. */
        @Override
        public String toString() {
            return word;
        }
    }

    /** Reads what a user writes. */
    public static SourceName parse(String text) {
        if (text.startsWith("docker://")) {
            return new SourceName(Transport.REGISTRY, "", text.substring("docker://".length()));
        }
        int colon = text.indexOf(':');
        String word = colon < 0 ? "" : text.substring(0, colon);
        Optional<Transport> transport = Arrays.stream(Transport.values())
                .filter(each -> each != Transport.REGISTRY && each.word.equals(word))
                .findFirst();
        if (transport.isEmpty()) {
            requireNoFile(text);
            requireNoSlip(word, text);
            return new SourceName(Transport.REGISTRY, "", text);
        }
        return of(transport.get(), text, text.substring(colon + 1));
    }

    private static SourceName of(Transport transport, String text, String rest) {
        if (!transport.hasPath) {
            return new SourceName(transport, "", required(rest, text, transport + ":NAME"));
        }
        int colon = rest.indexOf(':');
        String path = colon < 0 ? rest : rest.substring(0, colon);
        return new SourceName(
                transport,
                required(path, text, transport + ":PATH[:NAME]"),
                colon < 0 ? "" : rest.substring(colon + 1));
    }

    private static String required(String value, String text, String expected) {
        if (value.isEmpty()) {
            throw badInput("'" + text + "' names no image: expected " + expected);
        }
        return value;
    }

    /** Whoever writes the name of a file means the file, which no registry has. */
    private static void requireNoFile(String text) {
        try {
            Path path = Path.of(text);
            boolean archive = text.matches(".{0,4096}\\.(?:tar|tgz|tar\\.gz|tar\\.zst)") && Files.isRegularFile(path);
            if (archive) {
                throw badInput("'" + text + "' is a file, not the name of an image at a registry.")
                        .hint("Perhaps write docker-archive:" + text + " for what docker save wrote, oci-archive:"
                                + text + " for an image layout.");
            }
            if (Files.isRegularFile(path.resolve("index.json"))) {
                throw badInput("'" + text + "' is a directory, not the name of an image at a registry.")
                        .hint("Perhaps write oci:" + text);
            }
        } catch (InvalidPathException e) {
            // Then it names no file.
        }
    }

    private static void requireNoSlip(String word, String text) {
        List<String> words =
                Arrays.stream(Transport.values()).map(Transport::toString).toList();
        Suggestion.closest(word, words).filter(meant -> word.contains("-")).ifPresent(meant -> {
            throw badInput("'" + text + "' begins with no kind of place that images come from: expected one of "
                            + words.stream()
                                    .map(each -> each.equals("docker") ? "docker://" : each + ":")
                                    .collect(Collectors.joining(", ")))
                    .hint("Perhaps you meant '" + meant + text.substring(word.length())
                            + "'. An image of a registry that is called so: docker://" + text);
        });
    }

    /** The path of a place that has one. */
    Path path() {
        try {
            return Path.of(place);
        } catch (InvalidPathException e) {
            throw badInput("'" + place + "' cannot be a path: " + e.getReason()).because(e);
        }
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        if (transport == Transport.REGISTRY) {
            return "docker://" + image;
        }
        return transport + ":" + place + (transport.hasPath && !image.isEmpty() ? ":" : "") + image;
    }
}
