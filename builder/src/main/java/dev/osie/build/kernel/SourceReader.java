package dev.osie.build.kernel;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.failure.BuildException;
import dev.osie.build.store.Digest;
import dev.osie.build.yaml.Fields;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the key {@code source} of a kernel's document. */
final class SourceReader {
    private static final String PACKAGE = "package";
    private static final String TARBALL = "tarball";
    private static final String FILE = "file";
    private static final String SHA256 = "sha256";

    /** Of a series, a fragment, and a target of make. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

    private final Fields fields;
    private final Path folder;

    private SourceReader(Fields fields, Path folder) {
        this.fields = fields;
        this.folder = folder;
    }

    /** @param folder that paths are relative to */
    static KernelOrigin.Source read(Fields fields, Path folder) {
        return new SourceReader(fields, folder).read();
    }

    private KernelOrigin.Source read() {
        Optional<SourceArchive> archive = archive();
        String series = name("series", fields.requiredText("series"));
        String base = fields.text("base").map(text -> name("base", text)).orElse("defconfig");
        List<String> fragments = fields.texts("fragments").stream()
                .map(text -> name("fragments", text))
                .toList();
        fields.finish();
        return new KernelOrigin.Source(
                archive.orElseGet(() -> new SourceArchive.DebianPackage("")), series, base, fragments);
    }

    private Optional<SourceArchive> archive() {
        List<SourceArchive> archives = new ArrayList<>();
        fields.text(PACKAGE)
                .filter(this::isPackage)
                .map(SourceArchive.DebianPackage::new)
                .ifPresent(archives::add);
        fields.fields(TARBALL).ifPresent(tarball -> {
            Optional<URI> uri = tarball.text("url").flatMap(text -> uri(tarball, text));
            digest(tarball)
                    .ifPresent(
                            digest -> uri.ifPresent(found -> archives.add(new SourceArchive.Download(found, digest))));
            tarball.finish();
        });
        fields.fields(FILE).ifPresent(file -> {
            String path = file.requiredText("path");
            digest(file).ifPresent(digest -> archives.add(new SourceArchive.LocalFile(folder.resolve(path), digest)));
            file.finish();
        });
        long given = List.of(PACKAGE, TARBALL, FILE).stream()
                .filter(key -> fields.node(key).isPresent())
                .count();
        if (given != 1) {
            fields.problems()
                    .add(
                            fields.position(),
                            fields.what() + " needs one of the keys " + PACKAGE + ", " + TARBALL + " and " + FILE
                                    + ", and has " + given + " of them");
        }
        return archives.stream().findFirst();
    }

    private boolean isPackage(String name) {
        if (!BinaryPackage.isName(name)) {
            fields.problem(PACKAGE, "must be the name of a Debian package, such as linux-source-6.12");
            return false;
        }
        return true;
    }

    private static Optional<URI> uri(Fields tarball, String text) {
        if (text.matches("https?://[^\\s]+")) {
            try {
                return Optional.of(URI.create(text));
            } catch (IllegalArgumentException e) {
                // Reported as any other.
            }
        }
        tarball.problem("url", "must be an address that begins with https:// or http://");
        return Optional.empty();
    }

    private static Optional<Digest> digest(Fields archive) {
        String hex = archive.requiredText(SHA256);
        try {
            return hex.isEmpty() ? Optional.empty() : Optional.of(new Digest(hex));
        } catch (BuildException e) {
            archive.problem(SHA256, "must be 64 lower-case hexadecimal digits, as sha256sum prints them");
            return Optional.empty();
        }
    }

    private String name(String key, String text) {
        if (!text.isEmpty() && !NAME.matcher(text).matches()) {
            fields.problem(key, "holds '" + text + "': letters, digits, '.', '_' and '-' are allowed");
        }
        return text;
    }
}
