package dev.osie.build.kernel;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.platform.Architecture;
import dev.osie.build.yaml.Position;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where the files of a kernel come from. Each has the key of the kernel's document that says so. */
public sealed interface KernelOrigin {
    /**
     * A package of the suites that the lock holds.
     *
     * @param names the package for each architecture: the kernel's own, or one that depends on it
     * @param exclude packages the kernel's package depends on that an OSIE does without, because their work is done at build time
     */
    record DebianPackage(Map<Architecture, String> names, List<String> exclude) implements KernelOrigin {
        static final String KEY = "package";

        public DebianPackage {
            names = Collections.unmodifiableMap(new EnumMap<>(names));
            exclude = List.copyOf(exclude);
        }

        /** The package to resolve for an architecture. */
        public String name(Architecture architecture) {
            return KernelOrigin.of(architecture, names, KEY);
        }

        /**
         * The packages that hold the kernel, among those that {@link #name} resolves to: one of linux 6.12, several of 7.3.
         * They are built from one source, which their version tells.
         *
         * @throws dev.osie.build.failure.BuildException when packages are there that should be excluded
         */
        public List<BinaryPackage> kernelAmong(Collection<BinaryPackage> resolved, Architecture architecture) {
            String asked = name(architecture);
            BinaryPackage own = resolved.stream()
                    .filter(binary -> binary.name().equals(asked))
                    .findFirst()
                    .or(() -> resolved.stream().findFirst())
                    .orElseThrow(() -> badInput("the kernel's package " + asked + " resolves to no package at all"));
            List<BinaryPackage> others =
                    resolved.stream().filter(binary -> !binary.equals(own)).toList();
            List<BinaryPackage> foreign = others.stream()
                    .filter(binary -> !binary.version().equals(own.version()))
                    .toList();
            if (!foreign.isEmpty()) {
                throw badInput("the kernel's package " + asked + " needs packages that hold no kernel: " + foreign)
                        .hint("Perhaps add them to the list 'exclude' of the kernel's document.");
            }
            return others.isEmpty() ? List.of(own) : others;
        }
    }

    /**
     * A {@code .deb} file of the user's own, laid out as Debian's {@code linux-image-RELEASE}. It counts by its content, so no lock names it.
     *
     * @param files for each architecture
     */
    record DebFile(Map<Architecture, Path> files) implements KernelOrigin {
        static final String KEY = "deb";

        public DebFile {
            files = Collections.unmodifiableMap(new EnumMap<>(files));
        }

        /** The file for an architecture. */
        public Path file(Architecture architecture) {
            return KernelOrigin.of(architecture, files, KEY);
        }
    }

    /**
     * A kernel image as LinuxKit has them: at its root the files {@code kernel} and {@code kernel.tar}, which holds
     * {@code lib/modules/RELEASE}. It may have device trees, as {@code dtbs.tar} or in the directory {@code dtbs}.
     *
     * @param references of the image for each architecture, which may be one for all
     * @param ucode the name of a microcode archive at the image's root, where it is wanted
     */
    record LinuxKitImage(Map<Architecture, Reference> references, Optional<Reference> ucode) implements KernelOrigin {
        static final String KEY = "image";

        public LinuxKitImage {
            references = Collections.unmodifiableMap(new EnumMap<>(references));
        }

        /** The image for an architecture. */
        public Reference reference(Architecture architecture) {
            return KernelOrigin.of(architecture, references, KEY);
        }
    }

    /**
     * Something by name.
     *
     * @param position where it is named
     */
    record Reference(String name, Position position) {}

    /**
     * Sources of Linux, which are compiled.
     *
     * @param archive brings the sources
     * @param series whose configuration fragments count: the directory beside the kernel's document, such as {@code 6.12}
     * @param base the target of {@code make} that makes the configuration which the fragments change
     * @param fragments their names in order; empty for all of the series
     */
    record Source(SourceArchive archive, String series, String base, List<String> fragments) implements KernelOrigin {
        static final String KEY = "source";

        public Source {
            fragments = List.copyOf(fragments);
        }
    }

    /** What an origin has for an architecture. */
    private static <T> T of(Architecture architecture, Map<Architecture, T> all, String key) {
        T found = all.get(architecture);
        if (found == null) {
            throw badInput("the kernel has no " + key + " for " + architecture + ": it is made for " + all.keySet());
        }
        return found;
    }
}
