package dev.osie.build.spec;

import dev.osie.build.yaml.Position;
import java.util.List;
import java.util.Optional;

/**
 * An entry of {@code osie: kernel: drivers.add}: kernel modules that don't come with the kernel.
 *
 * @param position where it is written
 */
public record DriverEntry(Kind kind, Position position) {
    /** Where the modules come from. */
    public sealed interface Kind {}

    /** Module files of the host. */
    public record Files(List<FileEntry.Source> files) implements Kind {
        public Files {
            files = List.copyOf(files);
        }
    }

    /** A Debian package of the host, with modules below {@code lib/modules/RELEASE}. */
    public record Deb(FileEntry.Source file) implements Kind {}

    /** A package of the suites, with modules below {@code lib/modules/RELEASE}. */
    public record Package(String name) implements Kind {}

    /** An image whose root has modules below {@code lib/modules/RELEASE}. */
    public record InImage(ImageName image) implements Kind {}

    /** A directory of the host with the source of modules, which is built against the kernel's headers. */
    public record Tree(FileEntry.Source directory) implements Kind {}

    /** The files and directories of the host that it names. */
    public List<FileEntry.Source> sources() {
        if (kind instanceof Files files) {
            return files.files();
        } else if (kind instanceof Deb deb) {
            return List.of(deb.file());
        } else if (kind instanceof Tree tree) {
            return List.of(tree.directory());
        }
        return List.of();
    }

    /** The image that it names. */
    public Optional<ImageName> image() {
        return kind instanceof InImage image ? Optional.of(image.image()) : Optional.empty();
    }
}
