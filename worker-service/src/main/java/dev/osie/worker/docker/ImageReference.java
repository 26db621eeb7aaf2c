package dev.osie.worker.docker;

import dev.osie.worker.settings.RegistryMirror;
import java.util.ArrayList;
import java.util.List;

/** The name of an image as Docker reads it: {@code [host[:port]/]path[:tag][@digest]}. */
record ImageReference(String text) {
    private static final String DOCKER_HUB = "docker.io";

    /** Host and port of the registry; Docker Hub when the name has none. */
    String registry() {
        int slash = text.indexOf('/');
        String first = slash < 0 ? "" : text.substring(0, slash);
        boolean isHost = first.indexOf('.') >= 0 || first.indexOf(':') >= 0 || first.equals("localhost");
        return !isHost || first.equals("index.docker.io") ? DOCKER_HUB : first;
    }

    /** What comes after the registry: Docker Hub's own images have {@code library/} before them there. */
    private String path() {
        int slash = text.indexOf('/');
        boolean named = !registry().equals(DOCKER_HUB)
                || text.startsWith(DOCKER_HUB + "/")
                || text.startsWith("index.docker.io/");
        String path = named ? text.substring(slash + 1) : text;
        return registry().equals(DOCKER_HUB) && path.indexOf('/') < 0 ? "library/" + path : path;
    }

    /** The names to ask for, in this order: that of each mirror of its registry, then its own. */
    List<ImageReference> candidates(List<RegistryMirror> mirrors) {
        List<ImageReference> candidates = new ArrayList<>();
        for (RegistryMirror mirror : mirrors) {
            boolean meant =
                    mirror.registry().isEmpty() || mirror.registry().get().equalsIgnoreCase(registry());
            if (meant && !text.startsWith(mirror.location() + "/")) {
                candidates.add(new ImageReference(mirror.location() + "/" + path()));
            }
        }
        candidates.add(this);
        return candidates;
    }

    /** The name with the tag {@code latest} when it has neither tag nor digest; Docker would pull every tag without. */
    String pullable() {
        boolean tagged = text.indexOf(':', text.lastIndexOf('/') + 1) >= 0;
        return tagged || text.indexOf('@') >= 0 ? text : text + ":latest";
    }

    /** Whether it is one of the builder's own names, which stand for images inside the system and are nobody's on Docker Hub. */
    boolean isOfTheSystem() {
        return text.startsWith("osie-build/") || text.startsWith(DOCKER_HUB + "/osie-build/");
    }

    @Override
    public String toString() {
        return text;
    }
}
