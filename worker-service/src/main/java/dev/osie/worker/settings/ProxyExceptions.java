package dev.osie.worker.settings;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The hosts that are reached without a proxy. As in Go's programs, which read the same variable: a domain stands for itself and what is
 * in it, one with a dot before only for what is in it, an address for itself, {@code 10.0.0.0/8} for a network, {@code *} for
 * everything; each with a port if it is for that alone. The machine itself is always an exception.
 */
public final class ProxyExceptions {
    static final ProxyExceptions NONE = new ProxyExceptions(List.of());

    private final List<Entry> entries;

    private record Entry(String host, int port, int bits) {}

    private ProxyExceptions(List<Entry> entries) {
        this.entries = entries;
    }

    /** Reads a list with commas; empty when an entry is none of the above. */
    static Optional<ProxyExceptions> parse(String text) {
        List<Entry> entries = new ArrayList<>();
        for (String part : text.split(",")) {
            if (part.isBlank()) {
                continue;
            }
            Optional<Entry> entry = entry(part.strip().toLowerCase(Locale.ROOT));
            if (entry.isEmpty()) {
                return Optional.empty();
            }
            entries.add(entry.get());
        }
        return Optional.of(new ProxyExceptions(List.copyOf(entries)));
    }

    private static Optional<Entry> entry(String text) {
        if (text.equals("*")) {
            return Optional.of(new Entry(text, 0, 0));
        }
        int slash = text.indexOf('/');
        if (slash >= 0) {
            Optional<byte[]> address = address(text.substring(0, slash));
            String bits = text.substring(slash + 1);
            boolean right = address.isPresent()
                    && bits.matches("\\d{1,3}")
                    && Integer.parseInt(bits) <= 8 * address.get().length;
            return right
                    ? Optional.of(new Entry(text.substring(0, slash), 0, Integer.parseInt(bits)))
                    : Optional.empty();
        }
        String domain = text.startsWith("*.") ? text.substring(1) : text;
        if (address(domain).isPresent()) {
            return Optional.of(new Entry(domain, 0, 8 * address(domain).get().length));
        }
        Optional<Authority> authority = Authority.parse(domain);
        boolean port = domain.matches("[^:]+:\\d+|\\[.*\\]:\\d+");
        return authority.map(given -> new Entry(given.host(), port ? given.port() : 0, -1));
    }

    /** Whether this one is reached without the proxy. */
    boolean contain(String host, int port) {
        String name = host.toLowerCase(Locale.ROOT);
        Optional<byte[]> address = address(name);
        if (name.equals("localhost") || (address.isPresent() && isLoopback(address.get()))) {
            return true;
        }
        for (Entry entry : entries) {
            boolean matches = entry.host().equals("*")
                    || (address.isPresent() ? matches(entry, address.get()) : matches(entry, name));
            if (matches && (entry.port() == 0 || entry.port() == port)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(Entry entry, String name) {
        return entry.host().startsWith(".")
                ? name.endsWith(entry.host())
                : name.equals(entry.host()) || name.endsWith("." + entry.host());
    }

    private static boolean matches(Entry entry, byte[] address) {
        Optional<byte[]> network = address(entry.host());
        if (network.isEmpty() || network.get().length != address.length) {
            return false;
        }
        int bits = entry.bits() < 0 ? 8 * address.length : entry.bits();
        for (int i = 0; i < bits; i++) {
            int mask = 0x80 >> i % 8;
            if ((network.get()[i / 8] & mask) != (address[i / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLoopback(byte[] address) {
        try {
            return InetAddress.getByAddress(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** The bytes of an address; empty for a name, of which nobody is asked. */
    private static Optional<byte[]> address(String text) {
        if (!text.matches("[0-9.]+|[0-9a-f:.]*:[0-9a-f:.]*")) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(text).getAddress());
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }
}
