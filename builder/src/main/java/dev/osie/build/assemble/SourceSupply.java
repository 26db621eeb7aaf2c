package dev.osie.build.assemble;

import static dev.osie.build.failure.BuildException.badInput;
import static dev.osie.build.failure.BuildException.unavailable;
import static dev.osie.build.failure.BuildException.verification;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.DebReader;
import dev.osie.build.debian.Downloader;
import dev.osie.build.failure.BuildException;
import dev.osie.build.kbuild.KernelSource;
import dev.osie.build.kernel.SourceArchive;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** Gets the sources of kernels. Nothing is fetched before it is read. */
final class SourceSupply {
    /** The largest are those of Linux without compression. */
    private static final long MOST_BYTES = 4L << 30;

    private final Downloader downloader;
    private final Store store;
    private final Progress progress;

    SourceSupply(Downloader downloader, Store store, Progress progress) {
        this.downloader = downloader;
        this.store = store;
        this.progress = progress;
    }

    /** @param packages what the lock has of the sources, if they come as a package */
    KernelSource source(SourceArchive archive, LockedPackages locked, List<BinaryPackage> packages) {
        if (archive instanceof SourceArchive.DebianPackage) {
            BinaryPackage binary = packages.get(0);
            return new KernelSource(binary.deb().digest(), binary.toString(), scratch -> {
                locked.fetch(packages);
                return tarball(DebReader.read(store, binary, scratch), binary);
            });
        }
        if (archive instanceof SourceArchive.Download download) {
            String name = download.uri().getPath().replaceFirst(".*/", "");
            return new KernelSource(
                    download.digest(), name, scratch -> blob(download.digest(), name, () -> fetch(download)));
        }
        SourceArchive.LocalFile file = (SourceArchive.LocalFile) archive;
        String name = file.file().getFileName().toString();
        return new KernelSource(file.digest(), name, scratch -> blob(file.digest(), name, () -> read(file)));
    }

    private static Content tarball(Tree tree, BinaryPackage binary) {
        String path = "usr/src/" + binary.name() + ".tar.xz";
        if (tree.get(path).orElse(null) instanceof Node.RegularFile file) {
            return file.content();
        }
        throw badInput("Tried to take the sources of a kernel out of " + binary + ", but it has no file " + path)
                .hint("Perhaps it only depends on the package that has: expected one such as linux-source-6.12.");
    }

    /** Brings an archive into the store. */
    private interface Bringing {
        Blob bring();
    }

    private Content blob(Digest digest, String name, Bringing bringing) {
        Blob blob = store.find(digest).orElseGet(bringing::bring);
        if (!blob.digest().equals(digest)) {
            throw verification("The sources " + name + " are not those that are meant: their digest is " + blob.digest()
                    + ", and " + digest + " is expected.");
        }
        return Content.of(store, blob);
    }

    private Blob fetch(SourceArchive.Download download) {
        AtomicReference<Blob> blob = new AtomicReference<>();
        try (Progress.Step step = progress.start("download", 0)) {
            boolean found = downloader.fetch(
                    download.uri(), MOST_BYTES, in -> blob.set(store.write(out -> in.transferTo(out))));
            if (!found) {
                throw unavailable("There is no " + download.uri() + ": its server knows nothing of it.");
            }
            step.advance(blob.get().size());
            step.done(download.uri().toString());
        }
        return blob.get();
    }

    private Blob read(SourceArchive.LocalFile file) {
        try (InputStream in = Files.newInputStream(file.file())) {
            return store.write(out -> in.transferTo(out));
        } catch (IOException e) {
            BuildException failure = badInput("Tried to read the sources " + file.file() + ", but "
                    + (e instanceof NoSuchFileException ? "there is no such file" : e.getMessage()));
            throw failure.because(e);
        }
    }
}
