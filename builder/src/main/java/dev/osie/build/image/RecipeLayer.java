package dev.osie.build.image;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.failure.BuildException;
import dev.osie.build.store.Blob;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import dev.osie.build.tree.TreePath;
import dev.osie.build.yaml.Problems;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Makes the layer with a recipe's own files, accounts, and the links of the merged /usr. What it holds depends on the files' content, the
 * recipe and what lies below alone: neither on the host's modes, owners and times, nor on its umask.
 */
final class RecipeLayer {
    static final int VERSION = 4;
    private static final String SCRIPT = "#!";

    private final Store store;
    private final LayerCache cache;
    private final HostFiles hostFiles;
    private final long epoch;
    private final Recipe recipe;
    private final LowerLayers lower;
    private final Accounts accounts;
    private final Problems problems;
    private final Set<String> merged;
    private final OwnFiles own;
    private final List<OwnFiles.Dependent> dependents = new ArrayList<>();
    private final Map<String, RecipeFile> locations = new HashMap<>();
    private final StepKey key;

    /**
     * A layer to be made.
     *
     * @param lower all that the image has below it
     * @param onImage whether an image that no recipe makes is at the bottom, which may have its directories as it likes
     * @param problems what is wrong with the recipe, found when the layer is made
     */
    RecipeLayer(
            Store store,
            LayerCache cache,
            long epoch,
            Recipe recipe,
            LowerLayers lower,
            boolean onImage,
            Accounts accounts,
            Problems problems) {
        this.store = store;
        this.cache = cache;
        this.hostFiles = new HostFiles(store, cache);
        this.epoch = epoch;
        this.recipe = recipe;
        this.lower = lower;
        this.accounts = accounts;
        this.problems = problems;
        this.merged = new TreeSet<>(UsrMerge.LINKS);
        if (onImage) {
            merged.removeAll(lower.directories());
        }
        this.own = new OwnFiles(lower, epoch, problems);
        this.key = StepKey.of("recipe layer", VERSION).with("epoch", epoch);
    }

    /** The layer; none when the recipe adds nothing. */
    Optional<Blob> make(Set<String> links) {
        recipe.files().forEach(this::add);
        if (!recipe.users().isEmpty() || !recipe.groups().isEmpty()) {
            putText("etc/passwd", accounts.passwd());
            putText("etc/group", accounts.group());
        }
        links.stream().filter(link -> !own.contains(link)).forEach(link -> {
            key.with("link", link);
            own.put(link, new Node.Symlink(Attributes.root(0777, epoch), "usr/" + link));
        });
        problems.throwIfAny();
        if (own.isEmpty() && dependents.isEmpty()) {
            return Optional.empty();
        }
        if (!dependents.isEmpty()) {
            lower.addTo(key);
        }
        return cache.get(key, () -> List.of(write())).stream().findFirst();
    }

    private Blob write() {
        own.resolve(dependents);
        problems.throwIfAny();
        try {
            Tree tree = own.build();
            return store.write(out -> TarLayer.write(tree, out));
        } catch (BuildException e) {
            if (e.kind() != BuildException.Kind.BAD_INPUT) {
                throw e; // of the store, not of the recipe
            }
            problems.add(recipe.position(), e);
            problems.throwIfAny();
            throw e;
        }
    }

    private void putText(String path, String text) {
        key.with(path, text);
        own.put(path, new Node.RegularFile(Attributes.root(0644, epoch), Content.of(text)));
    }

    /** Unless the recipe replaces the link itself, a file below bin lies where the link leads. */
    private String location(String path) {
        boolean below = path.indexOf('/') >= 0 && merged.contains(path.substring(0, path.indexOf('/')));
        return below ? UsrMerge.path(path) : path;
    }

    private void add(RecipeFile file) {
        String path = location(file.path());
        RecipeFile other = locations.putIfAbsent(path, file);
        if (other != null) {
            problems.add(
                    file.position(),
                    "'" + file.path() + "' and '" + other.path() + "' (line "
                            + other.position().line() + ") are the same file once /usr is merged");
        }
        OwnFiles.Owner owner = new OwnFiles.Owner(
                file.permissions().uid().map(accounts::uid),
                file.permissions().gid().map(accounts::gid));
        key.with("path", path).with("owner", owner);
        key.with("mode", file.permissions().mode())
                .with("capabilities", file.permissions().capabilities());
        RecipeFile.Kind kind = file.kind();
        if (kind instanceof RecipeFile.Copied copied) {
            SourceFiles sources = new SourceFiles(recipe, problems);
            sources.check(file, copied);
            problems.throwIfAny();
            sources.find(file, copied).ifPresent(source -> copy(source, path, file, owner));
        } else if (kind instanceof RecipeFile.Text text) {
            key.with("text", text.contents());
            int mode = text.contents().startsWith(SCRIPT) ? 0755 : 0644;
            own.put(path, new Node.RegularFile(attributes(file, owner, mode), Content.of(text.contents())));
        } else if (kind instanceof RecipeFile.HardLink link) {
            key.with("hard link", location(link.target()));
            dependents.add(new OwnFiles.Dependent(file, path, location(link.target()), owner));
        } else if (kind instanceof RecipeFile.Existing) {
            key.with("existing", path);
            dependents.add(new OwnFiles.Dependent(file, path, path, owner));
        } else {
            key.with("node", kind);
            own.put(path, node(file, owner));
        }
    }

    private Node node(RecipeFile file, OwnFiles.Owner owner) {
        if (file.kind() instanceof RecipeFile.Symlink link) {
            return new Node.Symlink(attributes(file, owner, 0777), link.target());
        } else if (file.kind() instanceof RecipeFile.Device device) {
            return new Node.Device(attributes(file, owner, 0600), device.kind(), device.major(), device.minor());
        } else if (file.kind() instanceof RecipeFile.Fifo) {
            return new Node.Fifo(attributes(file, owner, 0600));
        }
        return new Node.Directory(attributes(file, owner, 0755));
    }

    private void copy(Path source, String path, RecipeFile file, OwnFiles.Owner owner) {
        try {
            if (Files.isSymbolicLink(source)) {
                String target = SourceFiles.target(source);
                key.with(path, target);
                own.put(path, new Node.Symlink(Attributes.root(0777, epoch), target));
            } else if (Files.isDirectory(source, LinkOption.NOFOLLOW_LINKS)) {
                key.with(path, "directory");
                own.put(path, new Node.Directory(searchable(attributes(file, owner, 0755))));
                for (Path entry : entries(source)) {
                    copy(entry, TreePath.of(path + "/" + entry.getFileName()), file, owner);
                }
            } else {
                Blob blob = hostFiles.put(source);
                key.with(path, blob.digest());
                Content content = Content.of(store, blob);
                int mode = isScript(content) ? 0755 : 0644;
                own.put(path, new Node.RegularFile(attributes(file, owner, mode), content));
            }
        } catch (IOException e) {
            throw badInput("Tried to copy " + source + " into an image, but " + e.getMessage())
                    .because(e);
        }
    }

    /** A mode for files lets everybody who may read a directory search it. */
    private static Attributes searchable(Attributes attributes) {
        return attributes.withMode(attributes.mode() & 0777 | (attributes.mode() & 0444) >> 2);
    }

    private static List<Path> entries(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        }
    }

    private Attributes attributes(RecipeFile file, OwnFiles.Owner owner, int usual) {
        TreeMap<String, String> xattrs = new TreeMap<>();
        file.permissions()
                .capabilities()
                .ifPresent(capabilities -> xattrs.put(FileCapabilities.ATTRIBUTE, capabilities.attribute()));
        return new Attributes(
                file.permissions().mode().orElse(usual),
                owner.uid().orElse(0L),
                owner.gid().orElse(0L),
                epoch,
                xattrs);
    }

    private static boolean isScript(Content content) throws IOException {
        try (InputStream in = content.open()) {
            return new String(in.readNBytes(2), StandardCharsets.ISO_8859_1).equals(SCRIPT);
        }
    }
}
