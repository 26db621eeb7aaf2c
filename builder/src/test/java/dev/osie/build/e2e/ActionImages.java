package dev.osie.build.e2e;

import dev.osie.build.platform.Architecture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The images of the test's actions: built by the product from recipes, as the system's own images are, and pushed to a registry. */
final class ActionImages {
    private static final List<String> NAMES = List.of("partition", "write-image", "verify", "misbehave");
    private static final Path RECIPES = Path.of("builder", "src", "test", "resources", "recipes");

    private ActionImages() {}

    /**
     * Builds the recipes in a project of their own, for every architecture, and pushes the images to the registry as {@code NAME:ARCH}.
     *
     * @param directory where the project is made
     */
    static void push(Path directory, Reference reference, Registry registry) throws IOException, InterruptedException {
        Project project = Project.checkout().copyTo(directory);
        Project.copy(
                Project.checkout().directory().resolve(RECIPES),
                project.directory().resolve("images"));
        project.write("linuxkit-templates/flavors/actions.yaml", document());
        // Whatever a flavor names is built, and stays in the store as an OCI image.
        project.osieBuild()
                .cachingIn(reference.cache())
                .run("build", "actions", "--arch", "all", "--quiet")
                .succeeded();
        HostTool skopeo = HostTool.require("skopeo", "skopeo");
        for (String name : NAMES) {
            for (Architecture architecture : Architecture.values()) {
                String image = name + ":" + architecture;
                skopeo.run(
                        "copy",
                        "--dest-tls-verify=false",
                        "oci:" + reference.cache().resolve("osie-build") + ":osie-build/" + image,
                        "docker://127.0.0.1:" + registry.port() + "/" + image);
            }
        }
    }

    private static String document() {
        return NAMES.stream()
                .map(name -> "  - { name: " + name + ", image: \"@image:" + name + "\" }\n")
                .collect(Collectors.joining(
                        "", "osie: { kernel: { use: debian-lts, modules: provisioning } }\nservices:\n", ""));
    }
}
