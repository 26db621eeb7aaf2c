package dev.osie.build.debian;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * Where Debian's archives are fetched from.
 *
 * @param debian root of the archive {@code debian}, without a slash at the end
 * @param security root of the archive {@code debian-security}, without a slash at the end
 * @param origin who named this mirror, for messages: {@code --mirror}, a file of apt, …
 */
public record Mirror(URI debian, URI security, String origin) {
    /** The address of a file of an archive. */
    public URI resolve(Archive archive, String path) {
        URI root = root(archive);
        try {
            // Some object stores that serve mirrors take a plus for a space.
            return new URI(root + "/" + path.replace("%", "%25").replace("+", "%2B"));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(path + " is not a path of an archive", e);
        }
    }

    public URI root(Archive archive) {
        return switch (archive) {
            case DEBIAN -> debian;
            case SECURITY -> security;
        };
    }
}
