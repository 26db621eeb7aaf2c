package dev.osie.build.kernel;

import dev.osie.build.yaml.Position;
import java.util.regex.Pattern;

/**
 * Names modules. A pattern with a colon names devices, whose drivers are meant ({@code pci:15b3:*}, see {@link AliasRule}); one with a
 * slash is a path below {@code kernel/} without its suffix, in which {@code *} stands for any characters but a slash and {@code **} for
 * any characters ({@code drivers/net/ethernet/intel/**}); any other is a module's name, in which {@code *} stands for any characters
 * ({@code nft_*}). Dashes and underscores are the same in names, as for modprobe. After a pattern {@code ?} says that not every kernel
 * has such a module ({@code cryptd?}).
 *
 * @param pattern as written
 * @param origin who asks for it, for people: {@code provisioning, network cards}
 * @param position where it is written
 */
public record ModuleRule(String pattern, String origin, Position position) {
    private static final String OPTIONAL = "?";

    boolean isAlias() {
        return pattern.indexOf(':') >= 0;
    }

    boolean isPath() {
        return !isAlias() && pattern.indexOf('/') >= 0;
    }

    /** Whether it may fit no module. */
    boolean isOptional() {
        return pattern.endsWith(OPTIONAL);
    }

    /** The pattern alone. */
    String required() {
        return isOptional() ? pattern.substring(0, pattern.length() - OPTIONAL.length()) : pattern;
    }

    /** A test of what {@link #subject} makes of a module. */
    Pattern compiled() {
        StringBuilder regex = new StringBuilder();
        String text = isPath() ? required() : ModulePath.underscored(required());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (text.startsWith("**", i)) {
                regex.append(".*");
                i++;
            } else if (c == '*') {
                regex.append(isPath() ? "[^/]*" : ".*");
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(regex.toString());
    }

    /** The text the pattern is compared with: the module's path without {@code kernel/} and suffix, or its name. */
    String subject(String modulePath) {
        return isPath() ? ModulePath.stem(modulePath) : ModulePath.name(modulePath);
    }
}
