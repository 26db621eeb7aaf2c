package dev.osie.build.cli;

import static dev.osie.build.failure.BuildException.badInput;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.osie.build.failure.BuildException;
import dev.osie.build.image.Recipes;
import dev.osie.build.oci.ImageOutline;
import dev.osie.build.oci.ImageSource;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Platform;
import dev.osie.build.oci.StoredNames;
import dev.osie.build.oci.source.ImageSources;
import dev.osie.build.oci.source.SourceName;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code osie-build image inspect}: what an image consists of. */
@Command(
        name = "inspect",
        description = {
            "Shows what an image consists of: how it runs, and its layers with what each was made from.",
            "NAME is a recipe's, one of the store's, or a source ('osie-build image --help'). Layers are not fetched for it,"
                    + " but from Docker, which hands on whole images only."
        })
final class ImageInspectCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1", paramLabel = "NAME", description = "The image.")
    private String name;

    @Option(
            names = "--arch",
            paramLabel = "ARCH",
            description = "Only the image for this architecture. Default: those for x86_64 and aarch64 that there are.",
            converter = ArchitectureConverter.class)
    private Optional<Architecture> architecture = Optional.empty();

    @Option(
            names = "--json",
            description =
                    "Print a JSON list of objects: name, digest, and manifest and config as their maker wrote them.")
    private boolean json;

    @Mixin
    private RegistryOptions registries;

    @Mixin
    private PlaceOptions places;

    @Override
    public Integer call() {
        List<Named> images = images();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(json(images));
        } else {
            images.forEach(image -> new OutlineText(out).print(image.name(), image.outline()));
        }
        out.flush();
        return 0;
    }

    private record Named(String name, ImageOutline outline) {}

    private List<Named> images() {
        Store store = places.store();
        SourceName source = SourceName.parse(name);
        StoredNames stored = new StoredNames(new Layout(store));
        boolean bare = source.transport() == SourceName.Transport.REGISTRY && !name.startsWith("docker://");
        if (bare && !stored.find(name).isEmpty()) {
            return ofStore(new Layout(store), stored.find(name));
        }
        if (bare) {
            requireNoRecipe();
        }
        try (ImageSource image =
                new ImageSources(store, registries.settings(), System.getenv(), Progress.SILENT).open(source)) {
            return ofSource(image, source);
        } catch (BuildException e) {
            Optional<String> closest = bare ? stored.closest(name) : Optional.empty();
            throw closest.map(meant -> e.hint("Perhaps you meant '" + meant + "', which the store has."))
                    .orElse(e);
        }
    }

    private List<Named> ofStore(Layout layout, List<Layout.Entry> entries) {
        List<Named> images = new ArrayList<>();
        for (Layout.Entry entry : entries) {
            boolean wanted = architecture.isEmpty()
                    || entry.manifest()
                            .platform()
                            .filter(own -> own.suits(Platform.linux(architecture.get())))
                            .isPresent();
            if (wanted) {
                images.add(new Named(
                        StoredNames.shown(entry),
                        layout.outline(entry.manifest().digest())));
            }
        }
        if (images.isEmpty()) {
            throw badInput("The store has the image '" + name + "' for other architectures than "
                    + architecture.orElseThrow() + ".");
        }
        return images;
    }

    private List<Named> ofSource(ImageSource image, SourceName source) {
        List<Named> images = new ArrayList<>();
        List<Platform> platforms = architecture.isPresent() ? List.of() : image.platforms();
        List<Architecture> wanted = architecture
                .map(List::of)
                .orElseGet(() -> Arrays.stream(Architecture.values())
                        .filter(each -> platforms.stream().anyMatch(platform -> platform.suits(Platform.linux(each))))
                        .toList());
        // An image for neither is an error that says what it is made for.
        for (Architecture each : wanted.isEmpty() ? List.of(Architecture.X86_64) : wanted) {
            images.add(new Named(source.toString(), image.outline(each)));
        }
        return images;
    }

    /** A recipe's name is hardly meant for an image of Docker Hub. */
    private void requireNoRecipe() {
        if (recipes().contains(name.startsWith("@image:") ? name.substring("@image:".length()) : name)) {
            throw badInput("The image of the recipe '" + name + "' is not in the store.")
                    .hint("Perhaps make it: osie-build image build " + name
                            + "   An image of a registry that is called so: docker://" + name);
        }
    }

    private List<String> recipes() {
        try {
            return Recipes.in(places.project().resolve("images")).names();
        } catch (BuildException e) {
            return List.of(); // images can be looked at where there is no project
        }
    }

    private static String json(List<Named> images) {
        ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        try {
            for (Named image : images) {
                ObjectNode object = list.addObject();
                object.put("name", image.name());
                image.outline().manifest().ifPresent(digest -> object.put("digest", digest.toString()));
                object.set("manifest", mapper.readTree(image.outline().manifestDocument()));
                object.set("config", mapper.readTree(image.outline().configDocument()));
            }
            return mapper.writeValueAsString(list);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
