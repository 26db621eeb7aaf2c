package dev.osie.build.cli;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.cache.StoreImport;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Store;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code osie-build cache import}: what {@code cache export} wrote, into the store. */
@Command(
        name = "import",
        description = {
            "Reads a file that 'cache export' has written into the store, comparing every blob with its digest.",
            "A name of an image that the store has already keeps its meaning."
        })
final class CacheImportCommand implements Callable<Integer> {
    private static final String STANDARD_INPUT = "-";

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "What to read; - is standard input.")
    private String source;

    @Mixin
    private PlaceOptions places;

    @Mixin
    private ProgressOption progressOption;

    @Override
    public Integer call() {
        Progress progress = progressOption.progress(spec.commandLine().getErr());
        Store store = places.store();
        try (InputStream in = new BufferedInputStream(open(), 1 << 16);
                Progress.Step step = progress.start("import", size())) {
            StoreImport.Brought brought = StoreImport.read(in, store, step);
            step.done(brought.count() + " blobs, " + brought.added() + " new, all digests verified");
            brought.refusedNames()
                    .forEach(name -> progress.warn("the image '" + name + "' is another here, and stays it"));
        } catch (NoSuchFileException e) {
            throw unavailable("Tried to read " + source + ", but there is no such file")
                    .because(e);
        } catch (IOException e) {
            throw unavailable("Tried to read " + source + ", but " + e.getMessage())
                    .because(e);
        }
        return 0;
    }

    private InputStream open() throws IOException {
        return source.equals(STANDARD_INPUT) ? System.in : Files.newInputStream(Path.of(source));
    }

    private long size() throws IOException {
        return source.equals(STANDARD_INPUT) ? 0 : Files.size(Path.of(source));
    }
}
