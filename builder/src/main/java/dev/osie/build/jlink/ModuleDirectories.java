package dev.osie.build.jlink;

import static dev.osie.build.failure.BuildException.badInput;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToIntFunction;

/**
 * The directories of {@code lib/modules}. {@code /modules/MODULE/…} list the offsets of the locations below them; {@code /packages/NAME}
 * list the modules with that package, each as a flag (1 when it only has packages below that one) and the offset of the module's name.
 */
final class ModuleDirectories {
    private static final String MODULES = "/modules";
    private static final String PACKAGES = "/packages";

    /** Paths of the locations in each directory. */
    private final SortedMap<String, SortedSet<String>> children = new TreeMap<>();
    /** For each package its modules, and whether it holds no resource of that module itself. */
    private final SortedMap<String, SortedMap<String, Boolean>> packages = new TreeMap<>();

    private ModuleDirectories() {}

    /** The directories for the paths of resources. */
    static ModuleDirectories of(Collection<String> resources) {
        ModuleDirectories directories = new ModuleDirectories();
        directories.children.put(MODULES, new TreeSet<>());
        directories.children.put(PACKAGES, new TreeSet<>());
        resources.forEach(directories::add);
        directories.packages.forEach((name, modules) -> {
            if (modules.values().stream().filter(isParent -> !isParent).count() > 1) {
                throw badInput("The package " + name + " is in several modules of the JDK: " + modules.keySet());
            }
            directories.children.get(PACKAGES).add(PACKAGES + "/" + name);
        });
        return directories;
    }

    /** Whether the first component of a path is that of directories. */
    static boolean isDirectory(String component) {
        return component.equals("modules") || component.equals("packages");
    }

    private void add(String resource) {
        int moduleEnd = resource.indexOf('/', 1);
        String module = resource.substring(1, moduleEnd);
        String child = resource;
        int end = resource.lastIndexOf('/');
        boolean holdsResource = true;
        while (end > 0) {
            String directory = resource.substring(0, end);
            children.computeIfAbsent(MODULES + directory, path -> new TreeSet<>())
                    .add(child);
            if (end > moduleEnd) {
                addPackage(directory.substring(moduleEnd + 1).replace('/', '.'), module, !holdsResource);
            }
            child = MODULES + directory;
            end = resource.lastIndexOf('/', end - 1);
            holdsResource = false;
        }
        children.get(MODULES).add(child);
    }

    private void addPackage(String name, String module, boolean isParent) {
        if (!name.startsWith("META-INF")) {
            packages.computeIfAbsent(name, key -> new TreeMap<>()).merge(module, isParent, Boolean::logicalAnd);
        }
    }

    /** The bytes of each directory's content, in the order in which {@link #content} writes them. */
    SortedMap<String, Long> sizes() {
        SortedMap<String, Long> sizes = new TreeMap<>();
        children.forEach((path, locations) -> sizes.put(path, 4L * locations.size()));
        packages.forEach((name, modules) -> sizes.put(PACKAGES + "/" + name, 8L * modules.size()));
        return sizes;
    }

    /** The contents one after another. */
    byte[] content(ToIntFunction<String> locationOffset, ToIntFunction<String> stringOffset) {
        Map<String, Long> sizes = sizes();
        ByteBuffer content = ByteBuffer.allocate(
                        (int) sizes.values().stream().mapToLong(Long::longValue).sum())
                .order(ByteOrder.LITTLE_ENDIAN);
        for (String directory : sizes.keySet()) {
            if (children.containsKey(directory)) {
                children.get(directory).forEach(child -> content.putInt(locationOffset.applyAsInt(child)));
            } else {
                packages.get(directory.substring(PACKAGES.length() + 1))
                        .forEach((module, isParent) ->
                                content.putInt(isParent ? 1 : 0).putInt(stringOffset.applyAsInt(module)));
            }
        }
        return content.array();
    }
}
