package dev.osie.worker.settings;

import java.util.Optional;

/**
 * Where a server listens.
 *
 * @param host a name or an address, an IPv6 address without brackets
 */
public record Authority(String host, int port) {
    /** The port of a Tinkerbell server when none is given. */
    public static final int DEFAULT_PORT = 42113;

    /** Reads {@code host}, {@code host:port}, {@code [address]} or {@code [address]:port}; empty for anything else. */
    public static Optional<Authority> parse(String text) {
        String host = text;
        String port = "";
        int colon = text.lastIndexOf(':');
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            if (end < 0 || (end + 1 < text.length() && colon != end + 1)) {
                return Optional.empty();
            }
            host = text.substring(1, end);
            port = text.substring(Math.min(end + 2, text.length()));
        } else if (colon >= 0 && colon == text.indexOf(':')) {
            host = text.substring(0, colon);
            port = text.substring(colon + 1);
        }
        if (!isHost(host)) {
            return Optional.empty();
        }
        Optional<Integer> number = port.isEmpty() ? Optional.of(DEFAULT_PORT) : port(port);
        return number.isEmpty() ? Optional.empty() : Optional.of(new Authority(host, number.get()));
    }

    /** Reads a name or an address without port, an IPv6 address with brackets or without; empty for anything else. */
    static Optional<String> host(String text) {
        boolean brackets = text.startsWith("[") && text.endsWith("]");
        String host = brackets ? text.substring(1, text.length() - 1) : text;
        boolean port = !brackets && host.indexOf(':') >= 0 && host.indexOf(':') == host.lastIndexOf(':');
        return isHost(host) && !port ? Optional.of(host) : Optional.empty();
    }

    /** Reads the number of a port; empty for anything else. */
    static Optional<Integer> port(String text) {
        try {
            int number = Integer.parseInt(text);
            return number > 0 && number < 65536 ? Optional.of(number) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static boolean isHost(String host) {
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (!Character.isLetterOrDigit(c) && ".-_:%".indexOf(c) < 0) {
                return false;
            }
        }
        return !host.isEmpty();
    }

    /** {@code host:port}, an IPv6 address in brackets. */
    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
