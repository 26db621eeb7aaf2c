package dev.osie.worker.registry;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a registry wants to be logged in to (RFC 9110, WWW-Authenticate).
 *
 * @param scheme {@code basic} or {@code bearer}, in small letters
 * @param parameters such as realm, service and scope
 */
record Challenge(String scheme, Map<String, String> parameters) {
    private static final Pattern PARAMETER = Pattern.compile("([A-Za-z]+)=(?:\"([^\"]*)\"|([^\",\\s]+))");

    static Optional<Challenge> parse(String header) {
        if (header == null || header.isBlank()) {
            return Optional.empty();
        }
        String text = header.strip();
        int blank = text.indexOf(' ');
        Map<String, String> parameters = new HashMap<>();
        Matcher matcher = PARAMETER.matcher(text);
        while (matcher.find()) {
            parameters.put(
                    matcher.group(1).toLowerCase(Locale.ROOT),
                    matcher.group(2) == null ? matcher.group(3) : matcher.group(2));
        }
        String scheme = (blank < 0 ? text : text.substring(0, blank)).toLowerCase(Locale.ROOT);
        return Optional.of(new Challenge(scheme, Map.copyOf(parameters)));
    }

    /** A parameter; empty when it isn't there. */
    String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }
}
