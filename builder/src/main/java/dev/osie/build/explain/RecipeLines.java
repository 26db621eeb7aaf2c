package dev.osie.build.explain;

import dev.osie.build.image.Recipe;
import dev.osie.build.image.Recipes;
import dev.osie.build.tree.TreePath;
import dev.osie.build.yaml.YamlNode;
import dev.osie.build.yaml.YamlReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The lines of recipes that bring something into an image. */
final class RecipeLines {
    private final Recipes recipes;

    RecipeLines(Recipes recipes) {
        this.recipes = recipes;
    }

    /** The line that names a package, or under which it comes along because a named one needs it. */
    Optional<Finding> ofPackage(String recipe, String name) {
        Optional<Finding> along = Optional.empty();
        for (Recipe each : topFirst(recipe)) {
            Optional<YamlNode> packages = read(each).get("packages");
            if (packages.isEmpty()) {
                continue;
            }
            Optional<YamlNode> item = item(packages.get(), name);
            if (item.isPresent()) {
                return Optional.of(at(item.get(), "packages: " + FlowText.of(item.get())));
            }
            along = Optional.of(at(packages.get(), "packages: " + FlowText.of(packages.get()) + " need " + name));
        }
        return along;
    }

    /** The line of a recipe's own file, or of the key that makes it. */
    Optional<Finding> ofFile(String recipe, String path) {
        for (Recipe each : topFirst(recipe)) {
            Optional<YamlNode> files = read(each).get("files");
            Optional<YamlNode> entry = files.flatMap(list -> entry(each, list, path));
            if (entry.isPresent()) {
                return Optional.of(at(entry.get(), FlowText.of(entry.get())));
            }
        }
        return switch (path) {
            case "etc/passwd" -> ofKey(recipe, "users");
            case "etc/group" -> ofKey(recipe, "groups").or(() -> ofKey(recipe, "users"));
            default -> Optional.empty();
        };
    }

    /** The line of a key, of the recipe itself or of one below it. */
    Optional<Finding> ofKey(String recipe, String key) {
        for (Recipe each : topFirst(recipe)) {
            for (YamlNode.Entry entry : read(each).entries()) {
                if (entry.key().text().equals(key)) {
                    return Optional.of(at(entry.key(), key + ": " + FlowText.of(entry.value())));
                }
            }
        }
        return Optional.empty();
    }

    private List<Recipe> topFirst(String recipe) {
        List<Recipe> chain = new ArrayList<>(recipes.chain(recipe));
        Collections.reverse(chain);
        return chain;
    }

    private static YamlNode.Mapping read(Recipe recipe) {
        YamlNode root = YamlReader.read(
                "images/" + recipe.name() + "/image.yaml", recipe.directory().resolve("image.yaml"));
        return root instanceof YamlNode.Mapping mapping ? mapping : new YamlNode.Mapping(List.of(), root.position());
    }

    /** An item such as {@code containerd} or {@code { name: containerd, arch: [x86_64] }}. */
    private static Optional<YamlNode> item(YamlNode list, String name) {
        return list instanceof YamlNode.Sequence sequence
                ? sequence.items().stream()
                        .filter(item -> FlowText.of(
                                        item instanceof YamlNode.Mapping entry
                                                ? entry.get("name").orElse(item)
                                                : item)
                                .equals(name))
                        .findFirst()
                : Optional.empty();
    }

    /** The entry of the path itself, or of the directory above it that is copied whole; of several, the one for the architecture. */
    private static Optional<YamlNode> entry(Recipe recipe, YamlNode files, String path) {
        Set<Integer> lines =
                recipe.files().stream().map(file -> file.position().line()).collect(Collectors.toSet());
        for (String at = path; !at.isEmpty(); at = TreePath.parent(at)) {
            for (YamlNode item : files instanceof YamlNode.Sequence sequence ? sequence.items() : List.<YamlNode>of()) {
                if (item instanceof YamlNode.Mapping entry
                        && lines.contains(entry.position().line())
                        && entry.get("path")
                                .map(FlowText::of)
                                .map(TreePath::of)
                                .orElse("")
                                .equals(at)) {
                    return Optional.of(item);
                }
            }
        }
        return Optional.empty();
    }

    private static Finding at(YamlNode node, String what) {
        return new Finding(node.position().toString(), what);
    }
}
