package dev.osie.build.jlink;

import static dev.osie.build.failure.BuildException.badInput;
import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.failure.BuildException;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import dev.osie.build.tree.TreePath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Links a Java runtime: {@code bin/java}, {@code lib/modules}, native libraries and configuration of the modules that are asked for and
 * those they require. Headers, manual pages, licence texts, symbols, and files that only development tools read are left out; so are the line
 * numbers of the JDK's own classes.
 *
 * <p>Works for modules of JDK 11 to 21 for Linux of any architecture, on any host.
 */
public final class RuntimeLinker implements AutoCloseable {
    /** Rises when the same modules give other bytes. */
    public static final int VERSION = 4;

    private static final String SUFFIX = ".jmod";
    private static final String BASE = "java.base";
    private static final Set<String> SECTIONS = Set.of("bin", "conf", "lib");
    /** What other programs than {@code java} read or are: jrt file systems of other JDKs, dumps of shared classes, key stores. */
    private static final Set<String> UNUSED = Set.of("bin/keytool", "lib/classlist", "lib/jexec", "lib/jrt-fs.jar");

    private static final Set<String> PROGRAMS_IN_LIB = Set.of("lib/jspawnhelper");

    private final Map<String, Content> available;
    private final Path work;
    private final long newest;
    /** In the order in which each follows what it requires. */
    private final Map<String, Jmod> opened = new LinkedHashMap<>();

    private RuntimeLinker(Map<String, Content> available, Path work, long newest) {
        this.available = available;
        this.work = work;
        this.newest = newest;
    }

    /**
     * Prepares to link.
     *
     * @param jdk files of a JDK, among them a directory {@code jmods}
     * @param work a directory for files the linked tree consists of: it must stay as long as the tree is used
     */
    public static RuntimeLinker of(Tree jdk, Path work) {
        Map<String, Content> available = new TreeMap<>();
        long newest = 0;
        for (Map.Entry<String, Node> entry : jdk.nodes().entrySet()) {
            String path = entry.getKey();
            boolean isModule = path.endsWith(SUFFIX)
                    && TreePath.name(TreePath.parent(path)).equals("jmods");
            if (isModule && entry.getValue() instanceof Node.RegularFile file) {
                String name = TreePath.name(path);
                available.put(name.substring(0, name.length() - SUFFIX.length()), file.content());
                newest = Math.max(newest, file.attributes().mtime());
            }
        }
        if (!available.containsKey(BASE)) {
            throw badInput("The package is not a JDK with modules to link: it has no jmods/" + BASE + SUFFIX)
                    .hint("Perhaps name openjdk-VERSION-jdk-headless.");
        }
        return new RuntimeLinker(available, work, newest);
    }

    /**
     * Links the modules and all they require.
     *
     * @param modules names of modules; {@code java.base} is always one of them
     * @param latest time that a file may bear, in seconds since 1970; otherwise it is that of the newest module, so that the runtime is
     *     the same as long as the JDK is
     * @return a tree whose root is the runtime's home
     */
    public Tree link(Collection<String> modules, long latest) {
        long mtime = Math.min(newest, latest);
        try {
            open(BASE, BASE);
            for (String module : new TreeSet<>(modules)) {
                open(module, "the recipe");
            }
            Tree.Builder tree = new Tree.Builder();
            SortedMap<String, Content> resources = new TreeMap<>();
            try (Spool spool = new Spool(work.resolve("stripped"))) {
                for (Jmod jmod : opened.values()) {
                    resources.putAll(jmod.resources(spool));
                    addFiles(jmod, tree, mtime, spool);
                }
            }
            SystemModules.classes(opened.values().stream().map(Jmod::info).toList())
                    .forEach((path, bytes) -> resources.put("/" + BASE + "/" + path, Content.of(bytes)));
            Path jimage = work.resolve("modules");
            JimageWriter.write(resources, jimage);
            tree.put("lib/modules", file(Content.of(jimage), 0644, mtime));
            tree.put("release", file(Content.of(release()), 0644, mtime));
            return tree.build(mtime);
        } catch (IOException e) {
            throw unavailable("Tried to link a Java runtime in " + work + ", but " + e.getMessage())
                    .because(e);
        }
    }

    private void open(String module, String requiredBy) throws IOException {
        if (opened.containsKey(module)) {
            return;
        }
        Content content = available.get(module);
        if (content == null) {
            throw missing(module, requiredBy);
        }
        Jmod jmod = Jmod.open(module, content, work);
        try {
            // Modules don't require each other in a circle, so this ends.
            for (String required : jmod.info().needed()) {
                open(required, module);
            }
        } catch (IOException | RuntimeException e) {
            jmod.close();
            throw e;
        }
        opened.put(module, jmod);
    }

    private BuildException missing(String module, String requiredBy) {
        return badInput("The JDK has no module '" + module + "', which " + requiredBy + " requires; it has "
                + String.join(", ", available.keySet()));
    }

    private static void addFiles(Jmod jmod, Tree.Builder tree, long mtime, Spool spool) throws IOException {
        for (Jmod.File file : jmod.files()) {
            String section = file.path().split("/", 2)[0];
            if (!SECTIONS.contains(section) || UNUSED.contains(file.path())) {
                continue;
            }
            if (tree.contains(file.path())) {
                throw badInput("The file " + file.path() + " is in several modules of the JDK, of which one is "
                        + jmod.info().name());
            }
            boolean executable = section.equals("bin") || PROGRAMS_IN_LIB.contains(file.path());
            tree.put(file.path(), file(stripped(file.content(), spool), executable ? 0755 : 0644, mtime));
        }
    }

    private static Content stripped(Content content, Spool spool) throws IOException {
        byte[] bytes = Jmod.read(content);
        return SymbolTable.isElf(bytes) ? spool.add(SymbolTable.strip(bytes)) : content;
    }

    private static Node file(Content content, int mode, long mtime) {
        return new Node.RegularFile(Attributes.root(mode, mtime), content);
    }

    /** The file by which tools know a runtime. */
    private String release() {
        String version = opened.get(BASE).info().version().orElse("");
        return "JAVA_VERSION=\"" + version.split("[-+]", 2)[0] + "\"\n" + "MODULES=\""
                + opened.keySet().stream().collect(Collectors.joining(" ")) + "\"\n";
    }

    @Override
    public void close() {
        for (Jmod jmod : opened.values()) {
            try {
                jmod.close();
            } catch (IOException ignored) {
                // It was only read.
            }
        }
    }
}
