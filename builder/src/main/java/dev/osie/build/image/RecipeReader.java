package dev.osie.build.image;

import dev.osie.build.failure.BuildException;
import dev.osie.build.oci.Reference;
import dev.osie.build.platform.Architecture;
import dev.osie.build.spec.ImageName;
import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlNode;
import dev.osie.build.yaml.YamlReader;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads {@code image.yaml}, strictly: what it doesn't know, or finds of the wrong type, is a problem with a position. */
final class RecipeReader {
    private static final Pattern MODULE = Pattern.compile("(?=.{1,200}$)[A-Za-z_][\\w]*(\\.[A-Za-z_][\\w]*)*");
    private static final Pattern RECIPE = Pattern.compile("(?=.{1,200}$)[a-z0-9]+([._-][a-z0-9]+)*");
    private static final Pattern MAIN_CLASS = Pattern.compile("(?=.{1,500}$)[\\w$]+([./][\\w$]+)*");
    private static final String PACKAGE_NAME = "the name of a Debian package";
    private static final String PREFIX = "@image:";
    private static final Set<String> ACCOUNT_FILES = Set.of("etc/passwd", "etc/group");

    private final Path directory;
    private final Path project;
    private final ValueReader values;
    private final Problems problems;

    private RecipeReader(Path file, Architecture architecture, Problems problems) {
        this.directory = file.toAbsolutePath().normalize().getParent();
        Path recipes = directory.getParent();
        this.project = recipes.getParent() == null ? recipes : recipes.getParent();
        this.problems = problems;
        this.values = new ValueReader(problems, architecture);
    }

    /**
     * Reads a recipe as it is on one architecture.
     *
     * @param document what to call the file in messages
     */
    static Recipe read(String document, Path file, Architecture architecture) {
        return read(YamlReader.read(document, file), file, architecture);
    }

    /** Makes a recipe of what was read from its file. */
    static Recipe read(YamlNode document, Path file, Architecture architecture) {
        Problems problems = new Problems();
        Recipe recipe = new RecipeReader(file, architecture, problems).read(document);
        problems.throwIfAny();
        return recipe;
    }

    private Recipe read(YamlNode document) {
        String name = directory.getFileName().toString();
        values.check(
                document.position(),
                RECIPE,
                "the name that a directory with a recipe can have: only lower-case letters, digits and . _ - between them",
                name);
        Fields fields = Fields.of(document, "recipe '" + name + "'", problems);
        Optional<String> from = fields.text("from");
        Position fromPosition = ValueReader.at(fields, "from");
        boolean isRecipe = from.filter(text -> RECIPE.matcher(text).matches()).isPresent();
        Recipe recipe = new Recipe(
                name,
                directory,
                fields.requiredText("description"),
                from.filter(text -> isRecipe).map(text -> new Recipe.Reference(text, fromPosition)),
                from.filter(text -> !isRecipe).flatMap(text -> base(text, fromPosition)),
                packages(fields, "packages"),
                packages(fields, "exclude").stream().map(Recipe.Package::name).toList(),
                FileFilter.of(globs(fields, "remove"), globs(fields, "keep")),
                new FileReader(values).read(fields),
                new AccountReader(values).users(fields),
                new AccountReader(values).groups(fields),
                fields.fields("jre").map(this::runtime),
                fields.fields("java").map(this::application),
                fields.fields("config").map(new ConfigReader(values)::read).orElse(RecipeConfig.NONE),
                document.position());
        fields.finish();
        checkAccountFiles(recipe);
        checkExcluded(fields, recipe);
        return recipe;
    }

    /** An image of a registry or of the store. */
    private Optional<ImageName> base(String text, Position position) {
        if (text.startsWith(PREFIX)) {
            problems.add(position, "'from' names a recipe without @image: — write " + text.substring(PREFIX.length()));
            return Optional.empty();
        }
        try {
            Reference.parse(text);
            return Optional.of(new ImageName(text, position));
        } catch (BuildException e) {
            problems.add(
                    position,
                    () -> "'" + text
                            + "' names neither a recipe nor an image: expected the name of a directory in images,"
                            + " or a reference such as docker.io/library/alpine:3.20");
            return Optional.empty();
        }
    }

    /** Names, or {@code { name: NAME, arch: [x86_64] }} with more to say of the package. */
    private List<Recipe.Package> packages(Fields fields, String key) {
        List<Recipe.Package> packages = fields.items(key, node -> named(fields, key, node));
        Map<String, Recipe.Package> byName = new HashMap<>();
        for (Recipe.Package each : packages) {
            if (byName.putIfAbsent(each.name(), each) != null) {
                problems.add(each.position(), "'" + key + "' names " + each.name() + " twice");
            }
        }
        return packages;
    }

    private Optional<Recipe.Package> named(Fields recipe, String key, YamlNode node) {
        if (node instanceof YamlNode.Mapping) {
            Fields fields = Fields.of(node, "an entry of '" + key + "'", problems);
            fields.requiredNode("name");
            Optional<String> name = values.matching(fields, "name", ValueReader.PACKAGE, PACKAGE_NAME);
            boolean filters = key.equals("packages");
            List<String> remove = filters ? globs(fields, "remove") : List.of();
            List<String> keep = filters ? globs(fields, "keep") : List.of();
            boolean counts = values.counts(fields);
            fields.finish();
            return name.filter(text -> counts)
                    .map(text -> new Recipe.Package(text, remove, keep, ValueReader.at(fields, "name")));
        }
        if (node instanceof YamlNode.Scalar scalar && scalar.type() == YamlNode.Scalar.Type.TEXT) {
            return values.check(node.position(), ValueReader.PACKAGE, PACKAGE_NAME, scalar.text())
                    ? Optional.of(new Recipe.Package(scalar.text(), List.of(), List.of(), node.position()))
                    : Optional.empty();
        }
        problems.add(
                node.position(),
                "'" + key + "' of " + recipe.what()
                        + " must be names of Debian packages, or { name: NAME, arch: [x86_64] }, not "
                        + node.describe());
        return Optional.empty();
    }

    private void checkAccountFiles(Recipe recipe) {
        if (recipe.users().isEmpty() && recipe.groups().isEmpty()) {
            return;
        }
        for (RecipeFile file : recipe.files()) {
            if (ACCOUNT_FILES.contains(file.path())) {
                problems.add(
                        file.position(),
                        "'users' and 'groups' write etc/passwd and etc/group, so 'files' must not name them");
            }
        }
    }

    private void checkExcluded(Fields fields, Recipe recipe) {
        Set<String> excluded = recipe.exclude().stream().collect(Collectors.toSet());
        for (Recipe.Package each : recipe.packages()) {
            if (excluded.contains(each.name())) {
                problems.add(each.position(), "'packages' and 'exclude' both name " + each.name());
            }
        }
    }

    private Recipe.JavaRuntime runtime(Fields fields) {
        fields.requiredNode("package");
        fields.requiredNode("modules");
        String packageName = values.matching(fields, "package", ValueReader.PACKAGE, PACKAGE_NAME)
                .orElse("");
        List<String> modules = fields.textItems(
                "modules",
                (text, position) -> values.check(position, MODULE, "the name of a Java module", text)
                        ? Optional.of(text)
                        : Optional.empty());
        fields.finish();
        return new Recipe.JavaRuntime(packageName, modules, ValueReader.at(fields, "package"));
    }

    private Recipe.JavaApplication application(Fields fields) {
        Path jar = hostFile(fields, "jar");
        Path libraries = hostFile(fields, "libraries");
        fields.requiredNode("main-class");
        String mainClass = values.matching(fields, "main-class", MAIN_CLASS, "the name of a Java class")
                .orElse("");
        List<String> flags = fields.texts("jvm-flags");
        fields.finish();
        return new Recipe.JavaApplication(jar, libraries, mainClass, flags, ValueReader.at(fields, "jar"));
    }

    /** A file relative to the directory that holds {@code images}. */
    private Path hostFile(Fields fields, String key) {
        String path = values.relative(fields, key, fields.requiredText(key));
        try {
            return project.resolve(path);
        } catch (InvalidPathException e) {
            fields.problem(key, "cannot be a path on this host: " + e.getReason());
            return project;
        }
    }

    private List<String> globs(Fields fields, String key) {
        return fields.textItems(
                key,
                (glob, position) -> Optional.of(values.path(position, "'" + key + "'", glob))
                        .filter(path -> !path.isEmpty()));
    }
}
