package dev.osie.build.image;

import dev.osie.build.failure.BuildException;
import dev.osie.build.oci.Execution;
import dev.osie.build.tree.TreePath;
import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlNode;
import dev.osie.build.yaml.YamlReader;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Reads {@code image.yaml}, strictly: what it doesn't know, or finds of the wrong type, is a problem with a position. */
final class RecipeReader {
    /** Debian policy, section 5.6.1. */
    private static final Pattern PACKAGE = Pattern.compile("[a-z0-9][a-z0-9+.-]+");

    private static final Pattern MODULE = Pattern.compile("(?=.{1,200}$)[A-Za-z_][\\w]*(\\.[A-Za-z_][\\w]*)*");
    private static final Pattern RECIPE = Pattern.compile("(?=.{1,200}$)[a-z0-9]+([._-][a-z0-9]+)*");
    private static final Pattern ACCOUNT = Pattern.compile("[a-z_][a-z0-9_-]{0,31}");
    private static final Pattern MODE = Pattern.compile("[0-7]{3,4}");
    private static final long MAX_ID = 0xffff_fffeL;

    private final Path directory;
    private final Path project;
    private final Problems problems = new Problems();

    private RecipeReader(Path file) {
        this.directory = file.toAbsolutePath().normalize().getParent();
        Path recipes = directory.getParent();
        this.project = recipes.getParent() == null ? recipes : recipes.getParent();
    }

    static Recipe read(Path file) {
        RecipeReader reader = new RecipeReader(file);
        Recipe recipe = reader.read(YamlReader.read(file));
        reader.problems.throwIfAny();
        return recipe;
    }

    private Recipe read(YamlNode document) {
        String name = directory.getFileName().toString();
        if (!RECIPE.matcher(name).matches()) {
            problems.add(
                    document.position(),
                    "'" + name
                            + "' cannot be the name of an image: only lower-case letters, digits and . _ - between them");
        }
        Fields fields = Fields.of(document, "recipe '" + name + "'", problems);
        Recipe recipe = new Recipe(
                name,
                directory,
                fields.requiredText("description"),
                matching(fields, "from", RECIPE, "the name of a recipe"),
                allMatching(fields, "packages", PACKAGE, "the name of a Debian package"),
                allMatching(fields, "exclude", PACKAGE, "the name of a Debian package"),
                FileFilter.of(globs(fields, "remove"), globs(fields, "keep")),
                fields.items("files", this::file),
                fields.items("users", this::user),
                fields.items("groups", this::group),
                fields.fields("jre").map(this::runtime),
                fields.fields("java").map(this::application),
                fields.fields("config").map(this::config).orElse(Execution.EMPTY));
        fields.finish();
        checkPaths(fields, recipe);
        return recipe;
    }

    private void checkPaths(Fields fields, Recipe recipe) {
        Set<String> paths = new HashSet<>();
        for (RecipeFile file : recipe.files()) {
            if (!paths.add(file.path())) {
                problems.add(fields.position(), "'files' names " + file.path() + " twice");
            }
        }
        boolean accounts = !recipe.users().isEmpty() || !recipe.groups().isEmpty();
        if (accounts && (paths.contains("etc/passwd") || paths.contains("etc/group"))) {
            problems.add(
                    fields.position(),
                    "'users' and 'groups' write etc/passwd and etc/group, so 'files' must not name them");
        }
    }

    private Optional<RecipeFile> file(YamlNode node) {
        Fields fields = Fields.of(node, "a file of the recipe", problems);
        String path = path(fields, "path", fields.requiredText("path"));
        Optional<String> source = fields.text("source");
        Optional<String> contents = fields.text("contents");
        boolean directory = fields.bool("directory").orElse(false);
        Optional<String> target = fields.text("symlink");
        RecipeFile.Permissions permissions =
                new RecipeFile.Permissions(mode(fields), id(fields, "uid"), id(fields, "gid"));
        fields.finish();
        int kinds = (source.isPresent() ? 1 : 0)
                + (contents.isPresent() ? 1 : 0)
                + (directory ? 1 : 0)
                + (target.isPresent() ? 1 : 0);
        if (kinds != 1) {
            problems.add(
                    fields.position(),
                    "the file '" + path
                            + "' needs exactly one of 'source', 'contents', 'directory: true' and 'symlink'");
        }
        if (source.isPresent()) {
            return Optional.of(new RecipeFile.Copied(path, relative(fields, "source", source.get()), permissions));
        } else if (contents.isPresent()) {
            return Optional.of(new RecipeFile.Text(path, contents.get(), permissions));
        } else if (target.isPresent()) {
            return Optional.of(new RecipeFile.Symlink(path, target.get()));
        }
        return Optional.of(new RecipeFile.Directory(path, permissions));
    }

    private Optional<Integer> mode(Fields fields) {
        return fields.text("mode").flatMap(text -> {
            if (MODE.matcher(text).matches()) {
                return Optional.of(Integer.parseInt(text, 8));
            }
            problems.add(at(fields, "mode"), "'" + text + "' is not a mode: expected octal digits, such as \"0644\"");
            return Optional.empty();
        });
    }

    private long id(Fields fields, String key) {
        OptionalLong id = fields.integer(key);
        if (id.isPresent() && (id.getAsLong() < 0 || id.getAsLong() > MAX_ID)) {
            problems.add(at(fields, key), "'" + key + "' must be between 0 and " + MAX_ID);
        }
        return id.orElse(0);
    }

    private Optional<Recipe.User> user(YamlNode node) {
        Fields fields = Fields.of(node, "a user of the recipe", problems);
        String name = matching(fields, "name", ACCOUNT, "the name of a user").orElse("");
        fields.requiredNode("name");
        fields.requiredNode("uid");
        long uid = id(fields, "uid");
        long gid = fields.node("gid").isPresent() ? id(fields, "gid") : uid;
        String home = field(fields, "home").orElse("/");
        String shell = field(fields, "shell").orElse("/bin/false");
        fields.finish();
        return Optional.of(new Recipe.User(name, uid, gid, home, shell));
    }

    /** Text for one field of etc/passwd, which neither the separator nor the end of the line may break. */
    private Optional<String> field(Fields fields, String key) {
        Optional<String> text = fields.text(key);
        if (text.isPresent() && text.get().chars().anyMatch(c -> c == ':' || c < ' ')) {
            problems.add(at(fields, key), "'" + key + "' must contain neither ':' nor control characters");
        }
        return text;
    }

    private Optional<Recipe.Group> group(YamlNode node) {
        Fields fields = Fields.of(node, "a group of the recipe", problems);
        String name = matching(fields, "name", ACCOUNT, "the name of a group").orElse("");
        fields.requiredNode("name");
        fields.requiredNode("gid");
        long gid = id(fields, "gid");
        List<String> members = allMatching(fields, "members", ACCOUNT, "the name of a user");
        fields.finish();
        return Optional.of(new Recipe.Group(name, gid, members));
    }

    private Recipe.JavaRuntime runtime(Fields fields) {
        fields.requiredNode("package");
        fields.requiredNode("modules");
        String packageName = matching(fields, "package", PACKAGE, "the name of a Debian package")
                .orElse("");
        List<String> modules = allMatching(fields, "modules", MODULE, "the name of a Java module");
        fields.finish();
        return new Recipe.JavaRuntime(packageName, modules);
    }

    private Recipe.JavaApplication application(Fields fields) {
        Path jar = project.resolve(relative(fields, "jar", fields.requiredText("jar")));
        Path libraries = project.resolve(relative(fields, "libraries", fields.requiredText("libraries")));
        String mainClass = fields.requiredText("main-class");
        List<String> flags = fields.texts("jvm-flags");
        fields.finish();
        return new Recipe.JavaApplication(jar, libraries, mainClass, flags);
    }

    private Execution config(Fields fields) {
        List<String> env = fields.textMap("env").entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .toList();
        Map<String, String> labels = fields.textMap("labels");
        Execution config = new Execution(
                fields.text("user").orElse(""),
                env,
                fields.texts("entrypoint"),
                fields.texts("cmd"),
                fields.text("working-dir").orElse(""),
                new TreeMap<>(labels),
                new TreeSet<>(fields.texts("volumes")),
                new TreeSet<>(fields.texts("exposed-ports")),
                fields.text("stop-signal"));
        fields.finish();
        return config;
    }

    private List<String> globs(Fields fields, String key) {
        return fields.texts(key).stream().map(glob -> path(fields, key, glob)).toList();
    }

    /** A path below a directory of the host. */
    private String relative(Fields fields, String key, String text) {
        if (text.startsWith("/")) {
            problems.add(at(fields, key), "'" + key + "' must be relative, not '" + text + "'");
        }
        return path(fields, key, text);
    }

    private String path(Fields fields, String key, String text) {
        try {
            String path = TreePath.of(text);
            if (path.isEmpty()) {
                problems.add(at(fields, key), "'" + key + "' must name a path");
            }
            return path;
        } catch (BuildException e) {
            problems.add(at(fields, key), e.getMessage());
            return "";
        }
    }

    private Optional<String> matching(Fields fields, String key, Pattern pattern, String what) {
        Optional<String> text = fields.text(key);
        text.ifPresent(value -> check(at(fields, key), pattern, what, value));
        return text;
    }

    private List<String> allMatching(Fields fields, String key, Pattern pattern, String what) {
        List<String> texts = fields.texts(key);
        texts.forEach(value -> check(at(fields, key), pattern, what, value));
        return texts;
    }

    private void check(Position position, Pattern pattern, String what, String value) {
        if (!pattern.matcher(value).matches()) {
            problems.add(position, "'" + value + "' is not " + what);
        }
    }

    private static Position at(Fields fields, String key) {
        return fields.node(key).map(YamlNode::position).orElse(fields.position());
    }
}
