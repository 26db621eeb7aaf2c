package dev.osie.build.cli;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.assemble.BuildRequest;
import dev.osie.build.assemble.Locks;
import dev.osie.build.assemble.Procurement;
import dev.osie.build.cache.StoreExport;
import dev.osie.build.initramfs.Compression;
import dev.osie.build.progress.Progress;
import dev.osie.build.runtime.ImageLayout;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code osie-build cache export}: what builds need from elsewhere, as one file. */
@Command(
        name = "export",
        description = {
            "Writes what builds need from elsewhere to one file, for a machine without a network: packages, indexes, images.",
            "With a flavor and options as for build, what that needs, which is fetched if it isn't there; else all that the"
                    + " store has. The file is a tar archive in the form of an OCI image layout. The same content gives the same bytes."
        })
final class CacheExportCommand implements Callable<Integer> {
    private static final String STANDARD_OUTPUT = "-";

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "Where to write; - is standard output.")
    private String target;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "FLAVOR",
            description = "As for build. Default: everything.")
    private List<String> documents = new ArrayList<>();

    @Mixin
    private FlavorOptions options;

    @Mixin
    private PlaceOptions places;

    @Mixin
    private ProgressOption progressOption;

    @Override
    public Integer call() {
        Progress progress = progressOption.progress(spec.commandLine().getErr());
        Store store = places.store();
        StoreExport export =
                documents.isEmpty() ? StoreExport.ofAll(store) : new StoreExport(store, fetched(store, progress));
        try (Progress.Step step = progress.start("export", export.size())) {
            if (target.equals(STANDARD_OUTPUT)) {
                export.writeTo(System.out, step);
            } else {
                write(export, Path.of(target), step);
            }
            step.done(export.count() + " blobs");
        } catch (IOException e) {
            throw unavailable("Tried to write " + target + ", but " + e.getMessage())
                    .because(e);
        }
        return 0;
    }

    private SortedSet<Digest> fetched(Store store, Progress progress) {
        List<BuildRequest> requests =
                options.requests(places.project(), documents, Compression.ZSTD_3, ImageLayout.SHARED);
        Locks.createIfMissing(requests, store, progress);
        Procurement procurement = new Procurement(store, progress);
        SortedSet<Digest> blobs = new TreeSet<>();
        requests.forEach(request -> blobs.addAll(procurement.fetch(request)));
        return blobs;
    }

    /** Under a temporary name first: nobody carries away a half of it. */
    private static void write(StoreExport export, Path file, Progress.Step step) throws IOException {
        Path draft = file.resolveSibling("." + file.getFileName() + ".part");
        try {
            try (OutputStream out = Files.newOutputStream(draft)) {
                export.writeTo(out, step);
            }
            Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(draft);
        }
    }
}
