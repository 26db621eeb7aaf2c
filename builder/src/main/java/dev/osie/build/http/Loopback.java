package dev.osie.build.http;

import java.util.Locale;

/** This machine, by the names that mean it everywhere: nobody listens on the way to it, and no proxy reaches it. */
public final class Loopback {
    private Loopback() {}

    /** @param host without a port; an address of IPv6 in brackets */
    public static boolean is(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return name.equals("localhost") || name.equals("[::1]") || name.matches("127(\\.[0-9]{1,3}){3}");
    }
}
