package dev.osie.build.image;

import dev.osie.build.spec.Identity;
import dev.osie.build.spec.ImageName;
import dev.osie.build.yaml.Position;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * How an image is made, on one architecture: the content of {@code images/NAME/image.yaml} without what is for others. docs/recipes.md
 * describes the notation.
 *
 * @param name the directory's name
 * @param directory holds image.yaml and the files that {@code files} names
 * @param description one line for people
 * @param from another recipe, whose layers lie below
 * @param base an image that no recipe makes, whose layers lie below; present only when {@code from} isn't
 * @param packages Debian packages, each with what it depends on
 * @param exclude packages that are left out and count as installed
 * @param filter which files of the packages the image gets
 * @param files the recipe's own files
 * @param users for {@code etc/passwd}
 * @param groups for {@code etc/group}
 * @param jre a Java runtime to link
 * @param java a Java application
 * @param config how containers of the image are run; over what {@code from} says
 * @param position the recipe as a whole
 */
public record Recipe(
        String name,
        Path directory,
        String description,
        Optional<Reference> from,
        Optional<ImageName> base,
        List<Package> packages,
        List<String> exclude,
        FileFilter filter,
        List<RecipeFile> files,
        List<User> users,
        List<Group> groups,
        Optional<JavaRuntime> jre,
        Optional<JavaApplication> java,
        RecipeConfig config,
        Position position) {
    public Recipe {
        packages = List.copyOf(packages);
        exclude = List.copyOf(exclude);
        files = List.copyOf(files);
        users = List.copyOf(users);
        groups = List.copyOf(groups);
    }

    /** The names of the packages. */
    public List<String> packageNames() {
        return packages.stream().map(Package::name).toList();
    }

    /** Which files of a package the image gets. */
    FileFilter filterOf(String packageName) {
        return packages.stream()
                .filter(named -> named.name().equals(packageName))
                .findFirst()
                .map(named -> filter.and(named.remove(), named.keep()))
                .orElse(filter);
    }

    /** Whether anything in it depends on the accounts of what lies below. */
    boolean usesAccounts() {
        return !users.isEmpty()
                || !groups.isEmpty()
                || config.user().filter(user -> !user.isNumeric()).isPresent()
                || files.stream()
                        .map(RecipeFile::permissions)
                        .flatMap(permissions -> Stream.concat(permissions.uid().stream(), permissions.gid().stream()))
                        .anyMatch(owner -> !owner.isNumber());
    }

    /** Another recipe, by the name of its directory. */
    public record Reference(String name, Position position) {}

    /**
     * A Debian package.
     *
     * @param remove globs of paths that are left out of this package, beside those of the recipe
     * @param keep globs of paths that stay
     */
    public record Package(String name, List<String> remove, List<String> keep, Position position) {
        public Package {
            remove = List.copyOf(remove);
            keep = List.copyOf(keep);
        }
    }

    /**
     * A line of {@code etc/passwd}; nobody can log in by password.
     *
     * @param uid absent for the number that {@link AccountNumbers} gives to the name
     * @param gid the number or the name of a group; absent for a group of the user's own name and number
     * @param home absent for what lies below, else {@code /}
     * @param shell absent for what lies below, else {@code /bin/false}
     */
    public record User(
            String name,
            OptionalLong uid,
            Optional<Identity> gid,
            Optional<String> home,
            Optional<String> shell,
            Position position) {}

    /**
     * A line of {@code etc/group}.
     *
     * @param gid absent for the number that {@link AccountNumbers} gives to the name
     * @param members names of users
     */
    public record Group(String name, OptionalLong gid, List<Identity> members, Position position) {
        public Group {
            members = List.copyOf(members);
        }
    }

    /**
     * A Java runtime with some modules of a JDK, at {@code usr/lib/jvm/runtime}.
     *
     * @param packageName the Debian package whose {@code jmods} are linked; itself it is not part of the image
     * @param modules the modules, to which those they require are added
     * @param position of the package's name
     */
    public record JavaRuntime(String packageName, List<String> modules, Position position) {
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
     * @param position where the recipe says so
     */
    public record JavaApplication(
            Path jar, Path libraries, String mainClass, List<String> jvmFlags, Position position) {
        public JavaApplication {
            jvmFlags = List.copyOf(jvmFlags);
        }
    }
}
