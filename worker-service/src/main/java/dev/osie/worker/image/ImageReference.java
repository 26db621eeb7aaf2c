package dev.osie.worker.image;

import dev.osie.worker.settings.RegistryMirror;
import java.util.ArrayList;
import java.util.List;

/** The name of an image as Docker reads it: {@code [host[:port]/]path[:tag][@digest]}. */
public record ImageReference(String text) {
    /** The registry of names without one. */
    public static final String DOCKER_HUB = "docker.io";

    /** Host and port of the registry; Docker Hub when the name has none. */
    public String registry() {
        String first = hasHost() ? text.substring(0, text.indexOf('/')) : DOCKER_HUB;
        return first.equals("index.docker.io") ? DOCKER_HUB : first;
    }

    private boolean hasHost() {
        int slash = text.indexOf('/');
        String first = slash < 0 ? "" : text.substring(0, slash);
        return first.indexOf('.') >= 0 || first.indexOf(':') >= 0 || first.equals("localhost");
    }

    /** What comes after the registry: Docker Hub's own images have {@code library/} before them there. */
    private String path() {
        String path = hasHost() ? text.substring(text.indexOf('/') + 1) : text;
        return registry().equals(DOCKER_HUB) && path.indexOf('/') < 0 ? "library/" + path : path;
    }

    /** The path without tag and digest. */
    public String repository() {
        String path = path();
        int end = path.indexOf('@') >= 0 ? path.indexOf('@') : path.length();
        int colon = path.lastIndexOf(':', end - 1);
        return path.substring(0, colon > path.lastIndexOf('/', end - 1) ? colon : end);
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

    /** The digest, or else the tag. */
    public String version() {
        String name = pullable();
        int at = name.indexOf('@');
        return at >= 0 ? name.substring(at + 1) : name.substring(name.lastIndexOf(':') + 1);
    }

    /** Whether the name says by its digest which image it is. */
    public boolean hasDigest() {
        return text.indexOf('@') >= 0;
    }

    /** The name with everything that goes without saying, as containerd knows the image. */
    public String full() {
        return registry() + "/" + repository() + (hasDigest() ? "@" : ":") + version();
    }

    /** The name with the tag {@code latest} when it has neither tag nor digest; Docker would pull every tag without. */
    public String pullable() {
        boolean tagged = text.indexOf(':', text.lastIndexOf('/') + 1) >= 0;
        return tagged || hasDigest() ? text : text + ":latest";
    }

    /** Whether it is one of the builder's own names, which stand for images inside the system and are nobody's on Docker Hub. */
    public boolean isOfTheSystem() {
        return text.startsWith("osie-build/") || text.startsWith(DOCKER_HUB + "/osie-build/");
    }

    @Override
    public String toString() {
        return text;
    }
}
