package dev.osie.build.spec;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names by which Docker finds images: {@code [registry/]repository[:tag]}. It completes what is left out, so that {@code alpine} and
 * {@code docker.io/library/alpine:latest} are one name.
 */
final class DockerName {
    private static final String REGISTRY = "(?:[A-Za-z0-9.-]*[.:][A-Za-z0-9.:-]*|localhost)";
    private static final String COMPONENT = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
    private static final Pattern NAME = Pattern.compile("(?:(?<registry>" + REGISTRY + ")/)?(?<repository>" + COMPONENT
            + "(?:/" + COMPONENT + ")*)(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?");
    /** As in Docker; a longer one would also be too much for the regular expression's stack. */
    private static final int MAX_LENGTH = 255;

    private static final String HUB = "docker.io";

    private DockerName() {}

    /** The name in full, if it is one. */
    static Optional<String> full(String text) {
        Matcher matcher = NAME.matcher(text);
        if (text.length() > MAX_LENGTH || !matcher.matches()) {
            return Optional.empty();
        }
        String registry = Optional.ofNullable(matcher.group("registry")).orElse(HUB);
        String repository = matcher.group("repository");
        // Docker Hub keeps its own images below "library".
        String prefix = registry.equals(HUB) && repository.indexOf('/') < 0 ? "library/" : "";
        String tag = Optional.ofNullable(matcher.group("tag")).orElse("latest");
        return Optional.of(registry + "/" + prefix + repository + ":" + tag);
    }
}
