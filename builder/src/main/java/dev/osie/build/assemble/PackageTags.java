package dev.osie.build.assemble;

import static dev.osie.build.failure.BuildException.badInput;
import static dev.osie.build.failure.BuildException.missingTool;

import dev.osie.build.failure.BuildException;
import dev.osie.build.oci.Reference;
import dev.osie.build.spec.ImageName;
import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Tells which image {@code @pkg:DIR} stands for: the one that {@code linuxkit pkg push} makes of that directory. Its name stands in the
 * directory's {@code build.yml}; its tag is the hash of the directory's tree in git, so a directory with changes that are not committed
 * has none.
 */
final class PackageTags {
    private static final String ORGANISATION = "linuxkit";
    private static final int GIT_SECONDS = 30;

    private final Map<String, Path> files;

    /** @param files of the documents, by what positions call them */
    PackageTags(Map<String, Path> files) {
        this.files = files;
    }

    /** The reference of an image that no recipe makes. */
    Reference of(ImageName image) {
        return image.linuxKitPackage()
                .map(directory -> ofPackage(image, directory))
                .orElseGet(() -> Reference.parse(image.text()));
    }

    private Reference ofPackage(ImageName image, String text) {
        try {
            Path directory = directory(image, text);
            Path file = directory.resolve("build.yml");
            if (!Files.isRegularFile(file)) {
                throw badInput("there is no LinuxKit package in " + directory + ": expected a file build.yml");
            }
            return Reference.parse(name(file) + ":" + tree(directory));
        } catch (BuildException e) {
            throw e.at(image.position() + ": '" + image.text() + "'");
        }
    }

    /** Relative to the document that names it. */
    private Path directory(ImageName image, String text) {
        Path document = files.get(image.position().document());
        return document == null ? Path.of(text) : document.resolveSibling(text).normalize();
    }

    /** Only what decides about the name is looked at; the rest of build.yml is LinuxKit's. */
    private static String name(Path file) {
        Problems problems = new Problems();
        Fields fields = Fields.of(YamlReader.read(file), "the LinuxKit package", problems);
        String image = fields.requiredText("image");
        String organisation = fields.text("org").orElse(ORGANISATION);
        for (String key : List.of("tag", "extra-sources")) {
            if (fields.node(key).isPresent()) {
                fields.problem(
                        key,
                        "changes the tag in a way that only linuxkit knows: write what 'linuxkit pkg show-tag' prints");
            }
        }
        problems.throwIfAny();
        return organisation + "/" + image;
    }

    private static String tree(Path directory) {
        if (git(directory, "status", "--porcelain", "--", ".")
                .filter(changes -> !changes.isBlank())
                .isPresent()) {
            throw badInput(directory + " has changes that are not committed, so no image of it has a name yet")
                    .hint("Perhaps commit them, and push the image: linuxkit pkg push " + directory);
        }
        return git(directory, "rev-parse", "HEAD:./")
                .map(String::strip)
                .filter(hash -> hash.matches("[0-9a-f]{40,64}"))
                .orElseThrow(() ->
                        badInput(directory + " is in no commit of a git repository, whose hash would be the tag"));
    }

    /** What git prints; empty when it fails. */
    private static Optional<String> git(Path directory, String... arguments) {
        List<String> command = new ArrayList<>(List.of("git", "-C", directory.toString()));
        command.addAll(List.of(arguments));
        try {
            Process git = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            git.getOutputStream().close();
            String output = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            boolean ended = git.waitFor(GIT_SECONDS, TimeUnit.SECONDS);
            return ended && git.exitValue() == 0 ? Optional.of(output) : Optional.empty();
        } catch (IOException e) {
            throw missingTool("the tag of a LinuxKit package is asked of git, which is not installed")
                    .hint("Debian, Ubuntu: apt install git   macOS: xcode-select --install")
                    .because(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
