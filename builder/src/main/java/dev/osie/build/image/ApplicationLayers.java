package dev.osie.build.image;

import static dev.osie.build.failure.BuildException.badInput;
import static dev.osie.build.failure.BuildException.unavailable;

import com.google.cloud.tools.jib.api.CacheDirectoryCreationException;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import dev.osie.build.failure.BuildException;
import dev.osie.build.oci.Image;
import dev.osie.build.oci.ImageSource;
import dev.osie.build.oci.archive.LayoutSource;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Scratch;
import dev.osie.build.store.StepKey;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/**
 * Makes the layers of a Java application by Jib: its libraries, which change seldom, and its own classes above them. Jib gets no base
 * image, no network, and no directory but one that goes away.
 */
final class ApplicationLayers {
    static final int VERSION = 2;
    private static final String DIRECTORY = "/app";
    private static final String JAVA = "/" + RuntimeLayer.HOME + "/bin/java";

    private final Store store;
    private final LayerCache cache;
    private final HostFiles files;

    ApplicationLayers(Store store, LayerCache cache) {
        this.store = store;
        this.cache = cache;
        this.files = new HostFiles(store, cache);
    }

    /** A jar and where it lies in the image. */
    private record Jar(String path, Blob content) {}

    /**
     * An application in layers.
     *
     * @param libraries the layer below
     * @param classes the layer above
     * @param entrypoint the command that runs the application
     */
    record Application(Blob libraries, Blob classes, List<String> entrypoint) {}

    Application layers(Recipe.JavaApplication application) {
        List<Path> jars = new ArrayList<>();
        try {
            requireFile(application.jar());
            jars.add(application.jar());
            jars.addAll(jars(application.libraries()));
        } catch (BuildException e) {
            throw e.at(application.position().toString());
        }
        // What is packed is what the step's key says, even if somebody compiles meanwhile.
        List<Blob> contents = files.putAll(jars);
        List<Jar> libraries = new ArrayList<>();
        for (int i = 1; i < jars.size(); i++) {
            libraries.add(new Jar(DIRECTORY + "/lib/" + jars.get(i).getFileName(), contents.get(i)));
        }
        Jar own = new Jar(DIRECTORY + "/" + application.jar().getFileName(), contents.get(0));
        StepKey key = StepKey.of("java application", VERSION).with("jar", own).withAll("library", libraries);
        List<Blob> layers = cache.get(key, () -> make(own, libraries));
        return new Application(layers.get(0), layers.get(1), entrypoint(application, own, libraries));
    }

    /** Class path in a fixed order: which of two classes of one name wins must not depend on how a directory lists its files. */
    private static List<String> entrypoint(Recipe.JavaApplication application, Jar own, List<Jar> libraries) {
        List<String> classPath = new ArrayList<>(List.of(own.path()));
        libraries.forEach(library -> classPath.add(library.path()));
        List<String> command = new ArrayList<>(List.of(JAVA));
        command.addAll(application.jvmFlags());
        command.addAll(List.of("-cp", String.join(":", classPath), application.mainClass()));
        return command;
    }

    private static List<Path> jars(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw missing(directory);
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw badInput("Tried to list the libraries in " + directory + ", but " + e.getMessage())
                    .because(e);
        }
    }

    private static void requireFile(Path file) {
        if (!Files.isRegularFile(file)) {
            throw missing(file);
        }
    }

    private static RuntimeException missing(Path file) {
        return badInput("Tried to put the Java application " + file + " into an image, but it is not there")
                .hint("Perhaps it isn't built yet: mvn package.");
    }

    private List<Blob> make(Jar own, List<Jar> libraries) {
        try (Scratch scratch = store.scratch()) {
            Path archive = scratch.path().resolve("image.tar");
            Containerizer containerizer = Containerizer.to(TarImage.at(archive).named("application"))
                    .setOfflineMode(true)
                    .setBaseImageLayersCache(scratch.path().resolve("base"))
                    .setApplicationLayersCache(scratch.path().resolve("layers"));
            Jib.fromScratch()
                    .setFormat(ImageFormat.OCI)
                    .addFileEntriesLayer(layer("libraries", libraries, scratch.path()))
                    .addFileEntriesLayer(layer("classes", List.of(own), scratch.path()))
                    .containerize(containerizer);
            // Jib calls the image one for amd64; what is in these layers is for any machine.
            try (ImageSource image = LayoutSource.ofArchive(archive, "", store, Progress.SILENT)) {
                return image.fetch(Architecture.X86_64).layers().stream()
                        .map(Image.Layer::blob)
                        .toList();
            }
        } catch (IOException | CacheDirectoryCreationException | ExecutionException | RegistryException e) {
            throw unavailable("Tried to make the layers of a Java application, but " + e.getMessage())
                    .because(e);
        } catch (InvalidImageReferenceException e) {
            throw new AssertionError("the name is a constant", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("The build was interrupted").because(e);
        }
    }

    private FileEntriesLayer layer(String name, List<Jar> jars, Path scratch) throws IOException {
        FileEntriesLayer.Builder layer = FileEntriesLayer.builder().setName(name);
        for (Jar jar : jars) {
            Path stored = scratch.resolve(jar.content().digest().hex() + ".jar");
            if (Files.notExists(stored)) {
                store.verify(jar.content().digest());
                try (OutputStream out = Files.newOutputStream(stored)) {
                    StoredJar.write(store.path(jar.content().digest()), out);
                }
            }
            layer.addEntry(stored, AbsoluteUnixPath.get(jar.path()));
        }
        return layer.build();
    }
}
