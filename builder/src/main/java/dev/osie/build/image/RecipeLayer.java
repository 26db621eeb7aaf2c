package dev.osie.build.image;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.store.Blob;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import dev.osie.build.tree.TreePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Makes the layer with a recipe's own files, accounts, and the links of the merged /usr. What it holds depends on the files' content and
 * on the recipe alone: neither on the host's modes, owners and times, nor on its umask.
 */
final class RecipeLayer {
    private static final int VERSION = 2;
    private static final String SCRIPT = "#!";

    private final Store store;
    private final LayerCache cache;
    private final HostFiles files;
    private final long epoch;

    RecipeLayer(Store store, LayerCache cache, long epoch) {
        this.store = store;
        this.cache = cache;
        this.files = new HostFiles(store, cache);
        this.epoch = epoch;
    }

    /**
     * The layer; none when the recipe adds nothing.
     *
     * @param chain the recipe and those it builds on, bottom first
     */
    Optional<Blob> layer(List<Recipe> chain) {
        Recipe recipe = chain.get(chain.size() - 1);
        StepKey key = StepKey.of("recipe layer", VERSION).with("epoch", epoch);
        Tree.Builder tree = new Tree.Builder();
        for (RecipeFile file : recipe.files()) {
            add(recipe, file, tree, key);
        }
        Accounts accounts = new Accounts(chain);
        if (!accounts.isEmpty()) {
            putText(tree, key, "etc/passwd", accounts.passwd());
            putText(tree, key, "etc/group", accounts.group());
        }
        if (recipe.from().isEmpty()) {
            UsrMerge.addLinks(tree, epoch);
            key.with("links", UsrMerge.LINKS);
        }
        Tree built = tree.build(epoch);
        if (built.nodes().isEmpty()) {
            return Optional.empty();
        }
        return cache.get(key, () -> List.of(store.write(out -> TarLayer.write(built, out)))).stream()
                .findFirst();
    }

    private void putText(Tree.Builder tree, StepKey key, String path, String text) {
        key.with(path, text);
        tree.put(path, new Node.RegularFile(Attributes.root(0644, epoch), Content.of(text)));
    }

    private void add(Recipe recipe, RecipeFile file, Tree.Builder tree, StepKey key) {
        // Unless the recipe replaces the link itself, a file below bin lies where the link leads.
        String path = UsrMerge.LINKS.contains(file.path()) ? file.path() : UsrMerge.path(file.path());
        key.with("entry", file).with("path", path);
        if (file instanceof RecipeFile.Copied copied) {
            Path source = resolve(recipe, copied);
            copy(source, path, copied.permissions(), tree, key);
        } else if (file instanceof RecipeFile.Text text) {
            Content content = Content.of(text.contents());
            int mode = text.permissions().mode().orElse(text.contents().startsWith(SCRIPT) ? 0755 : 0644);
            tree.put(path, new Node.RegularFile(attributes(text.permissions(), mode), content));
        } else if (file instanceof RecipeFile.Directory directory) {
            int mode = directory.permissions().mode().orElse(0755);
            tree.put(path, new Node.Directory(attributes(directory.permissions(), mode)));
        } else if (file instanceof RecipeFile.Symlink link) {
            tree.put(path, new Node.Symlink(Attributes.root(0777, epoch), link.target()));
        }
    }

    /** The file beside image.yaml; one that lies elsewhere, perhaps behind a link, isn't the recipe's to copy. */
    private static Path resolve(Recipe recipe, RecipeFile.Copied copied) {
        Path named = recipe.directory().resolve(copied.source());
        try {
            Path source = named.toRealPath();
            if (!source.startsWith(recipe.directory().toRealPath())) {
                throw badInput("The recipe '" + recipe.name() + "' names the source " + copied.source()
                        + ", which leads out of its directory to " + source);
            }
            return source;
        } catch (IOException e) {
            throw badInput("The recipe '" + recipe.name() + "' names the source " + copied.source() + ", but " + named
                            + " cannot be read"
                            + (Files.exists(named) ? ": " + e.getMessage() : ": there is no such file"))
                    .because(e);
        }
    }

    private void copy(Path source, String path, RecipeFile.Permissions permissions, Tree.Builder tree, StepKey key) {
        try {
            if (Files.isSymbolicLink(source)) {
                String target = Files.readSymbolicLink(source).toString().replace('\\', '/');
                key.with(path, target);
                tree.put(path, new Node.Symlink(Attributes.root(0777, epoch), target));
            } else if (Files.isDirectory(source, LinkOption.NOFOLLOW_LINKS)) {
                key.with(path, "directory");
                tree.put(path, new Node.Directory(attributes(permissions, 0755)));
                for (Path entry : entries(source)) {
                    String below = TreePath.of(path + "/" + entry.getFileName());
                    copy(entry, below, permissions, tree, key);
                }
            } else if (Files.isRegularFile(source, LinkOption.NOFOLLOW_LINKS)) {
                Blob blob = files.put(source);
                key.with(path, blob.digest());
                Content content = Content.of(store, blob);
                int mode = permissions.mode().orElse(isScript(content) ? 0755 : 0644);
                tree.put(path, new Node.RegularFile(attributes(permissions, mode), content));
            } else {
                throw badInput(source + " is neither a file, a directory nor a symbolic link");
            }
        } catch (IOException e) {
            throw badInput("Tried to copy " + source + " into an image, but " + e.getMessage())
                    .because(e);
        }
    }

    private static List<Path> entries(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        }
    }

    private Attributes attributes(RecipeFile.Permissions permissions, int mode) {
        return Attributes.root(mode, epoch).withOwner(permissions.uid(), permissions.gid());
    }

    private static boolean isScript(Content content) throws IOException {
        try (InputStream in = content.open()) {
            return new String(in.readNBytes(2), StandardCharsets.ISO_8859_1).equals(SCRIPT);
        }
    }
}
