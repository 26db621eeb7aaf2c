package dev.osie.build.kconfig;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.Suggestion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The fragments of a series of kernels: {@code common/NAME.config} for all architectures, and {@code ARCH/NAME.config} for one.
 *
 * @param folder of the series
 */
public record FragmentFolder(Path folder) {
    private static final String COMMON = "common";
    private static final String SUFFIX = ".config";

    /**
     * Reads fragments for an architecture, and reports what is wrong with them.
     *
     * @param names which, in order; those for all architectures come first. Empty for all, sorted
     */
    public List<Fragment> read(Architecture architecture, List<String> names, Problems problems) {
        List<Path> files = files(architecture, names);
        return files.stream().map(file -> Fragment.read(file, problems)).toList();
    }

    /** The file of a fragment for one architecture, whether or not it is there. */
    public Path file(Architecture architecture, String name) {
        return folder.resolve(architecture.toString()).resolve(name + SUFFIX);
    }

    private List<Path> files(Architecture architecture, List<String> names) {
        if (!Files.isDirectory(folder)) {
            throw badInput("There are no configuration fragments: expected the folder " + folder);
        }
        List<Path> folders = List.of(folder.resolve(COMMON), folder.resolve(architecture.toString()));
        TreeSet<String> all = new TreeSet<>();
        folders.forEach(each -> all.addAll(names(each)));
        List<Path> files = new ArrayList<>();
        for (String name : names.isEmpty() ? List.copyOf(all) : names) {
            if (!all.contains(name)) {
                throw unknown(name, architecture, all);
            }
            folders.stream()
                    .map(each -> each.resolve(name + SUFFIX))
                    .filter(Files::exists)
                    .forEach(files::add);
        }
        return files;
    }

    private BuildException unknown(String name, Architecture architecture, TreeSet<String> all) {
        BuildException failure = badInput("there is no configuration fragment '" + name + "': expected "
                + folder.resolve(COMMON).resolve(name + SUFFIX) + " or " + file(architecture, name));
        return Suggestion.closest(name, all)
                .map(closest -> failure.hint("Perhaps '" + closest + "' is meant."))
                .orElse(failure);
    }

    private static List<String> names(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(SUFFIX))
                    .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                    .toList();
        } catch (IOException e) {
            throw badInput("Tried to list the fragments in " + folder + ", but " + e.getMessage())
                    .because(e);
        }
    }
}
