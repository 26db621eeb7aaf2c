package dev.osie.build.debian;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.failure.BuildException;
import java.net.URI;
import java.net.URISyntaxException;

/** Reads the addresses of mirrors, and shows them without the user name and password they may carry. */
final class Addresses {
    private Addresses() {}

    /**
     * An address as a user wrote it.
     *
     * @throws BuildException when it is not one that is fetched from
     */
    static URI parse(String text, String origin) {
        try {
            URI uri = new URI(text);
            String scheme = uri.getScheme() == null ? "" : uri.getScheme();
            boolean server = (scheme.equals("http") || scheme.equals("https")) && uri.getHost() != null;
            boolean file = scheme.equals("file") && uri.getPath() != null && uri.getRawAuthority() == null;
            if ((server || file) && uri.getRawQuery() == null && uri.getRawFragment() == null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Reported below.
        }
        throw badInput("'" + text.replaceFirst("//[^/@]*@", "//") + "' (from " + origin
                + ") is not an address of a mirror: expected http://…, https://… or file:/…");
    }

    /** The address for a message. */
    static String shown(URI uri) {
        return withoutUserInfo(uri).toString();
    }

    static URI withoutUserInfo(URI uri) {
        if (uri.getRawUserInfo() == null) {
            return uri;
        }
        String text = uri.toString();
        int at = text.indexOf('@');
        try {
            return new URI(uri.getScheme() + "://" + text.substring(at + 1));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("not an address once its user is left out", e);
        }
    }
}
