package dev.osie.build.image;

import java.util.regex.Pattern;

/**
 * A pattern of paths in a tree: {@code *} and {@code ?} stand for characters of one component, {@code **} for any number of components.
 * A pattern that matches a directory matches all below it. It means the same on every host.
 */
final class Glob {
    private final String text;
    private final Pattern pattern;

    Glob(String text) {
        this.text = text;
        this.pattern = Pattern.compile(expression(text) + "(?:/.*)?", Pattern.DOTALL);
    }

    private static String expression(String glob) {
        StringBuilder expression = new StringBuilder();
        int i = 0;
        while (i < glob.length()) {
            if (glob.startsWith("**/", i)) {
                expression.append("(?:.*/)?");
                i += 3;
            } else if (glob.startsWith("**", i)) {
                expression.append(".*");
                i += 2;
            } else {
                char c = glob.charAt(i++);
                expression.append(
                        switch (c) {
                            case '*' -> "[^/]*";
                            case '?' -> "[^/]";
                            default -> Pattern.quote(String.valueOf(c));
                        });
            }
        }
        return expression.toString();
    }

    boolean matches(String path) {
        return pattern.matcher(path).matches();
    }

    @Override
    public String toString() {
        return text;
    }
}
