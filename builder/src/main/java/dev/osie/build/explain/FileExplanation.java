package dev.osie.build.explain;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.assemble.Osie;
import dev.osie.build.compose.Composition;
import dev.osie.build.explain.InitramfsFiles.Located;
import dev.osie.build.image.Recipes;
import dev.osie.build.initramfs.Entry;
import dev.osie.build.oci.Image;
import dev.osie.build.spec.ContainerEntry;
import dev.osie.build.spec.EmbeddedImage;
import dev.osie.build.spec.FileEntry;
import dev.osie.build.spec.ImageName;
import dev.osie.build.store.Store;
import dev.osie.build.tree.TreePath;
import dev.osie.build.yaml.YamlNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells where a file of an initramfs comes from: the lines of documents and recipes that brought it there, the package, and the segment.
 * A path may end in {@code #/POINTER}, which leads into a container's config.json or runtime.json.
 */
public final class FileExplanation {
    private static final Pattern LAYER = Pattern.compile("containers/layers/[^/]+/(.*)");
    private static final Pattern BUNDLE = Pattern.compile("containers/(onboot|onshutdown|services)/([^/]+)(?:/(.*))?");
    private static final Pattern VOLUME = Pattern.compile("containers/volumes/([^/]+)(?:/.*)?");

    private final Osie osie;
    private final Composition composition;
    private final DocumentExplanation document;
    private final InitramfsFiles files;
    private final RecipeLines recipes;
    private final ContainerRoots roots;

    /**
     * @param osie was built into the store just now
     * @param recipes those it was built from
     */
    public FileExplanation(Osie osie, Composition composition, Recipes recipes, Store store) {
        this.osie = osie;
        this.composition = composition;
        this.document = new DocumentExplanation(composition);
        this.files = new InitramfsFiles(osie, store);
        this.recipes = new RecipeLines(recipes);
        this.roots = new ContainerRoots(osie, composition.document(), files);
    }

    /** Explains a file, or a value in it. */
    public List<Finding> explain(String pathAndPointer) {
        String[] parts = pathAndPointer.split("#", 2);
        Located located = locate(TreePath.of(parts[0]));
        String path = located.entry().path();
        List<Finding> findings = new ArrayList<>();
        if (parts.length > 1) {
            pointed(path, parts[1], findings);
            return findings;
        }
        findings.add(new Finding(path, kind(located.entry())));
        String segment = located.segment().name();
        if (segment.startsWith("layer ")) {
            layer(path, segment.substring("layer ".length()), findings);
        } else if (segment.equals("modules")) {
            modules(path, findings);
        } else if (segment.equals("firmware")) {
            kernelValues(List.of("osie/kernel/firmware.add", "osie/kernel/firmware", "osie/kernel/use"), findings);
            findings.add(new Finding("made from", osie.fileOrigins().getOrDefault(path, "the modules' firmware")));
        } else if (segment.equals("ucode")) {
            kernelValues(List.of("kernel/ucode", "kernel/image"), findings);
        } else if (segment.equals("embedded images")) {
            embedded(findings);
        } else if (segment.equals("files")) {
            document(path, findings);
        } else {
            bundle(path, findings);
        }
        findings.add(new Finding("segment", segment));
        return findings;
    }

    /** A file of the initramfs, or one that a container or volume has of a layer. */
    private Located locate(String path) {
        Optional<String> own = files.find(path);
        return own.map(files::get).or(() -> roots.locate(path)).orElseGet(() -> files.get(files.resolve(path)));
    }

    private static String kind(Entry entry) {
        String mode =
                String.format(Locale.ROOT, ", mode %04o", entry.attributes().mode());
        if (entry.kind() instanceof Entry.RegularFile file) {
            return "file of " + file.size() + " bytes" + mode;
        } else if (entry.kind() instanceof Entry.Symlink link) {
            return "link to " + link.target();
        }
        return entry.kind().getClass().getSimpleName().toLowerCase(Locale.ROOT) + mode;
    }

    private void pointed(String path, String pointer, List<Finding> findings) {
        Matcher bundle = BUNDLE.matcher(path);
        if (!bundle.matches() || bundle.group(3) == null) {
            throw badInput(
                    "Only config.json and runtime.json of a container have values to point at, not " + path + ".");
        }
        ContainerEntry entry = roots.container(bundle.group(1), bundle.group(2)).orElseThrow();
        for (String key : ConfigPointer.keys(bundle.group(3), pointer)) {
            document.find(entry.source(), key).ifPresent(value -> findings.addAll(document.describe(key, value)));
        }
        if (findings.isEmpty()) {
            entry.image()
                    .recipe()
                    .flatMap(recipe -> recipes.ofKey(recipe, "config"))
                    .ifPresent(findings::add);
            findings.add(new Finding(
                    entry.position().toString(),
                    entry.describe() + " does not say: what the image's configuration has, else LinuxKit's default"));
        }
    }

    private void layer(String path, String digest, List<Finding> findings) {
        Matcher inLayer = LAYER.matcher(path);
        String inside = inLayer.matches() ? inLayer.group(1) : path;
        Map<ImageName, Image.Layer> users = roots.users(digest);
        users.forEach((name, layer) -> {
            name.recipe()
                    .flatMap(recipe -> inRecipe(recipe, inside, layer.origin()))
                    .ifPresent(finding -> add(finding, findings));
            add(new Finding(name.position().toString(), "image: " + name.text()), findings);
        });
        String origin = osie.origins().getOrDefault("layer " + digest, "");
        users.keySet().stream()
                .map(name -> "a layer of " + osie.images().get(name.text()).pinned())
                .map(layer -> new Finding("made from", origin.isEmpty() ? layer : origin))
                .findFirst()
                .ifPresent(findings::add);
    }

    private static void add(Finding finding, List<Finding> findings) {
        if (!findings.contains(finding)) {
            findings.add(finding);
        }
    }

    private Optional<Finding> inRecipe(String recipe, String path, String origin) {
        String[] madeFrom = origin.split("[: ]", 3);
        return switch (madeFrom[0]) {
            case "debian" -> recipes.ofPackage(recipe, madeFrom[1]);
            case "linked" -> recipes.ofKey(recipe, "jre");
            case "image" -> recipes.ofKey(recipe, "from");
            case "recipe" ->
                origin.endsWith(" libraries") || origin.endsWith(" classes")
                        ? recipes.ofKey(recipe, "java")
                        : recipes.ofFile(recipe, path);
            default -> Optional.empty();
        };
    }

    private void modules(String path, List<Finding> findings) {
        YamlNode.Mapping root = composition.document().source();
        String module = TreePath.name(path).replaceFirst("\\.ko(\\..*)?$", "").replace('-', '_');
        document.find(root, "osie/kernel/modules.add")
                .filter(YamlNode.Sequence.class::isInstance)
                .ifPresent(added -> ((YamlNode.Sequence) added)
                        .items().stream()
                                .filter(item ->
                                        FlowText.of(item).replace('-', '_').equals(module))
                                .forEach(item -> findings.addAll(document.describe("modules.add", item))));
        kernelValues(List.of("osie/kernel/modules", "osie/kernel/use", "kernel/image"), findings);
        String origin = osie.fileOrigins().getOrDefault(path, osie.origins().getOrDefault("modules", "the kernel"));
        findings.add(new Finding("made from", origin));
    }

    private void kernelValues(List<String> keys, List<Finding> findings) {
        for (String key : keys) {
            document.find(composition.document().source(), key)
                    .ifPresent(value -> findings.addAll(document.describe(TreePath.name(key), value)));
        }
    }

    private void embedded(List<Finding> findings) {
        for (EmbeddedImage image : composition.document().embedded()) {
            findings.add(new Finding(
                    image.position().toString(), "embed: " + image.image().text() + " as " + image.name()));
        }
        findings.add(new Finding("made from", osie.origins().getOrDefault("embedded images", "images")));
    }

    private void document(String path, List<Finding> findings) {
        for (FileEntry file : composition.document().files()) {
            String landed = files.find(file.path()).orElse("");
            if (landed.equals(path)) {
                findings.addAll(document.explain("files/" + file.path()));
            } else if (landed.startsWith(path + "/")) {
                findings.add(new Finding(file.position().toString(), "a directory for " + file.path()));
            }
        }
    }

    private void bundle(String path, List<Finding> findings) {
        Matcher bundle = BUNDLE.matcher(path);
        Matcher volume = VOLUME.matcher(path);
        if (bundle.matches()) {
            roots.container(bundle.group(1), bundle.group(2)).ifPresent(entry -> {
                findings.add(new Finding(entry.position().toString(), entry.describe()));
                findings.add(new Finding(
                        entry.image().position().toString(),
                        "image: " + entry.image().text()));
            });
        } else if (volume.matches()) {
            composition.document().volumes().stream()
                    .filter(each -> each.name().equals(volume.group(1)))
                    .forEach(each -> {
                        findings.add(new Finding(each.position().toString(), "volume '" + each.name() + "'"));
                        each.image()
                                .ifPresent(image -> findings.add(
                                        new Finding(image.position().toString(), "image: " + image.text())));
                    });
        } else if (path.equals("lib/apk/db/installed")) {
            composition
                    .document()
                    .init()
                    .forEach(image -> findings.add(new Finding(image.position().toString(), "init: " + image.text())));
            findings.add(
                    new Finding("made from", "the package databases of these images, joined as LinuxKit joins them"));
        } else {
            findings.add(new Finding(
                    "made from", "what LinuxKit gives every root: mount points, etc/hosts, etc/resolv.conf, etc/mtab"));
        }
    }
}
