package dev.osie.build.image;

import dev.osie.build.oci.Execution;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How an image is made: the content of {@code images/NAME/image.yaml}. docs/recipes.md describes the notation.
 *
 * @param name the directory's name
 * @param directory holds image.yaml and the files that {@code files} names
 * @param description one line for people
 * @param from another recipe, whose layers lie below
 * @param packages Debian packages, each with what it depends on
 * @param exclude packages that are left out and count as installed
 * @param filter which files of the packages the image gets
 * @param files the recipe's own files
 * @param users for {@code etc/passwd}
 * @param groups for {@code etc/group}
 * @param jre a Java runtime to link
 * @param java a Java application
 * @param config how containers of the image are run; over what {@code from} says
 */
public record Recipe(
        String name,
        Path directory,
        String description,
        Optional<String> from,
        List<String> packages,
        List<String> exclude,
        FileFilter filter,
        List<RecipeFile> files,
        List<User> users,
        List<Group> groups,
        Optional<JavaRuntime> jre,
        Optional<JavaApplication> java,
        Execution config) {
    public Recipe {
        packages = List.copyOf(packages);
        exclude = List.copyOf(exclude);
        files = List.copyOf(files);
        users = List.copyOf(users);
        groups = List.copyOf(groups);
    }

    /** A line of {@code etc/passwd}; nobody can log in by password. */
    public record User(String name, long uid, long gid, String home, String shell) {}

    /** A line of {@code etc/group}. */
    public record Group(String name, long gid, List<String> members) {
        public Group {
            members = List.copyOf(members);
        }
    }

    /**
     * A Java runtime with some modules of a JDK, at {@code usr/lib/jvm/runtime}.
     *
     * @param packageName the Debian package whose {@code jmods} are linked; itself it is not part of the image
     * @param modules the modules, to which those they require are added
     */
    public record JavaRuntime(String packageName, List<String> modules) {
        public JavaRuntime {
            modules = List.copyOf(modules);
        }
    }

    /**
     * A Java application.
     *
     * @param jar its classes
     * @param libraries directory with the jars it needs
     * @param mainClass fully qualified
     * @param jvmFlags options of the virtual machine
     */
    public record JavaApplication(Path jar, Path libraries, String mainClass, List<String> jvmFlags) {
        public JavaApplication {
            jvmFlags = List.copyOf(jvmFlags);
        }
    }
}
