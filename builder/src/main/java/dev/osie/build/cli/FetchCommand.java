package dev.osie.build.cli;

import dev.osie.build.assemble.BuildRequest;
import dev.osie.build.assemble.Locks;
import dev.osie.build.assemble.Procurement;
import dev.osie.build.initramfs.Compression;
import dev.osie.build.progress.Progress;
import dev.osie.build.runtime.ImageLayout;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code osie-build fetch}: all that a build needs from elsewhere, into the store. */
@Command(
        name = "fetch",
        description = {
            "Brings all that building a flavor needs from elsewhere into the store: packages, the JDK, images of registries.",
            "Without a lock it resolves one, as build does. From then on 'build --offline' needs no network;"
                    + " 'cache export' carries it to a machine that has none."
        })
final class FetchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private FlavorParameter flavor;

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
        List<BuildRequest> requests =
                options.requests(places.project(), flavor.documents(), Compression.ZSTD_3, ImageLayout.SHARED);
        Locks.createIfMissing(requests, store, progress);
        Procurement procurement = new Procurement(store, progress);
        SortedSet<Digest> blobs = new TreeSet<>();
        requests.forEach(request -> blobs.addAll(procurement.fetch(request)));
        long bytes = blobs.stream()
                .flatMap(digest -> store.find(digest).stream())
                .mapToLong(Blob::size)
                .sum();
        progress.info("  fetched    " + blobs.size() + " files, " + Sizes.bytes(bytes) + ", are in " + store.root());
        return 0;
    }
}
