package dev.osie.worker.docker;

/** The name of an image as Docker reads it: {@code [host[:port]/]path[:tag][@digest]}. */
record ImageReference(String text) {
    private static final String DOCKER_HUB = "docker.io";

    /** Host and port of the registry; Docker Hub when the name has none. */
    String registry() {
        int slash = text.indexOf('/');
        String first = slash < 0 ? "" : text.substring(0, slash);
        boolean isHost = first.indexOf('.') >= 0 || first.indexOf(':') >= 0 || first.equals("localhost");
        return isHost ? first : DOCKER_HUB;
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
