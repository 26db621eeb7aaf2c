package dev.osie.build.oci;

import static dev.osie.build.failure.BuildException.badInput;
import static dev.osie.build.failure.BuildException.verification;

import com.fasterxml.jackson.databind.JsonNode;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Scratch;
import dev.osie.build.store.Store;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * Reads an image layout packed into a tar archive, the form in which tools hand on images (OCI image specification, "Image Layout"). The
 * archive holds one image; its layers go into the store uncompressed.
 */
public final class LayoutArchive {
    private static final Pattern BLOB = Pattern.compile("(?:\\./)?blobs/sha256/(?<hex>[0-9a-f]{64})");
    private static final Pattern INDEX = Pattern.compile("(?:\\./)?index\\.json");

    private final Path archive;
    private final Store store;
    private final Path unpacked;

    private LayoutArchive(Path archive, Store store, Path unpacked) {
        this.archive = archive;
        this.store = store;
        this.unpacked = unpacked;
    }

    /**
     * What an archive holds.
     *
     * @param config of the image
     * @param layers in the store, uncompressed, bottom first
     */
    public record Contents(ImageConfig config, List<Blob> layers) {
        public Contents {
            layers = List.copyOf(layers);
        }
    }

    /**
     * Reads an archive and compares all of it with its digests.
     *
     * @throws dev.osie.build.failure.BuildException {@code BAD_INPUT} when it is not such an archive, {@code VERIFICATION} when a digest
     *     does not hold
     */
    public static Contents read(Path archive, Store store) {
        try (Scratch scratch = store.scratch()) {
            LayoutArchive layout = new LayoutArchive(archive, store, scratch.path());
            layout.unpack();
            return layout.contents();
        } catch (IOException e) {
            throw badInput("The image archive " + archive + " cannot be read: " + e.getMessage())
                    .because(e);
        }
    }

    private void unpack() throws IOException {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(
                new BufferedInputStream(Files.newInputStream(archive), 1 << 16), StandardCharsets.UTF_8.name())) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Matcher blob = BLOB.matcher(entry.getName());
                if (blob.matches()) {
                    Files.copy(tar, unpacked.resolve(blob.group("hex")));
                } else if (INDEX.matcher(entry.getName()).matches()) {
                    Files.copy(tar, unpacked.resolve("index.json"));
                }
            }
        }
    }

    private Contents contents() throws IOException {
        JsonNode index = Json.parse(Files.readAllBytes(unpacked.resolve("index.json")), "index.json of " + archive);
        List<Descriptor> manifests = new ArrayList<>();
        Json.array(index, "manifests").forEach(manifest -> manifests.add(Descriptor.read(manifest)));
        if (manifests.size() != 1) {
            throw badInput("The image archive " + archive + " holds " + manifests.size() + " images; expected one");
        }
        Manifest manifest = Manifest.read(document(manifests.get(0)));
        ImageConfig config = ImageConfig.read(document(manifest.config()));
        List<Blob> layers = new ArrayList<>();
        for (Descriptor layer : manifest.layers()) {
            layers.add(importLayer(layer));
        }
        if (!config.diffIds().equals(layers.stream().map(Blob::digest).toList())) {
            throw verification("The layers in " + archive + " are not those its configuration names: found " + layers
                    + ", expected " + config.diffIds());
        }
        return new Contents(config, layers);
    }

    private byte[] document(Descriptor descriptor) throws IOException {
        byte[] document =
                Files.readAllBytes(unpacked.resolve(descriptor.digest().hex()));
        Digest found = Digest.of(document);
        if (!found.equals(descriptor.digest())) {
            throw verification(
                    "A document in " + archive + " was altered: found " + found + ", expected " + descriptor.digest());
        }
        return document;
    }

    private Blob importLayer(Descriptor layer) {
        return store.write(out -> {
            try (InputStream file = new BufferedInputStream(
                            Files.newInputStream(unpacked.resolve(layer.digest().hex())), 1 << 16);
                    InputStream in = decompress(layer.mediaType(), file)) {
                in.transferTo(out);
            }
        });
    }

    private InputStream decompress(String mediaType, InputStream in) throws IOException {
        return switch (mediaType) {
            case MediaType.LAYER -> in;
            case MediaType.LAYER_GZIP -> new GZIPInputStream(in, 1 << 16);
            default ->
                throw badInput("A layer in " + archive + " has the media type '" + mediaType + "'; expected "
                        + MediaType.LAYER + " or " + MediaType.LAYER_GZIP);
        };
    }
}
