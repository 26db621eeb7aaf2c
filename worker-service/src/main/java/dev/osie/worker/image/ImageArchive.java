package dev.osie.worker.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Images in a tar archive that is an image layout (OCI image specification, "Image Layout"). */
public final class ImageArchive implements AutoCloseable {
    /** The annotation by which containerd names an image in an index. */
    private static final String NAME = "io.containerd.image.name";

    private static final String INDEX = "index.json";

    /** Of documents that are read as a whole, in bytes. */
    private static final int DOCUMENT_LIMIT = 8 * 1024 * 1024;

    private final TarFile files;

    private ImageArchive(TarFile files) {
        this.files = files;
    }

    /** @throws IOException when it can't be read, or isn't a tar archive */
    public static ImageArchive open(Path archive) throws IOException {
        return new ImageArchive(TarFile.open(archive));
    }

    /**
     * The manifests of the images that have names, with these.
     *
     * @throws IOException when there are none, or the archive is something else
     */
    public Map<Descriptor, List<ImageReference>> images() throws IOException {
        Map<Descriptor, List<ImageReference>> images = new LinkedHashMap<>();
        JsonNode index = new ObjectMapper().readTree(document(INDEX));
        for (JsonNode entry : index.path("manifests")) {
            String name = entry.path("annotations").path(NAME).asText();
            if (name.isEmpty()) {
                continue;
            }
            try {
                images.computeIfAbsent(Descriptor.read(entry), any -> new ArrayList<>())
                        .add(new ImageReference(name));
            } catch (IllegalArgumentException e) {
                throw new IOException(INDEX + " has " + e.getMessage(), e);
            }
        }
        if (images.isEmpty()) {
            throw new IOException(INDEX + " names no image");
        }
        return Collections.unmodifiableMap(images);
    }

    /** A small blob as a whole, compared with its digest. */
    public byte[] document(Descriptor descriptor) throws IOException {
        byte[] document = document(path(descriptor));
        if (!Descriptor.digestOf(document).equals(descriptor.digest())) {
            throw new IOException("it has something else than " + descriptor.digest());
        }
        return document;
    }

    private byte[] document(String path) throws IOException {
        long size = files.size(path).orElseThrow(() -> new IOException("it has no " + path));
        if (size > DOCUMENT_LIMIT) {
            throw new IOException(path + " has more than " + DOCUMENT_LIMIT + " bytes");
        }
        try (InputStream in = files.open(path, 0)) {
            return in.readNBytes((int) size);
        }
    }

    /** A blob from an offset on, which is not compared with anything but its size. */
    public InputStream blob(Descriptor descriptor, long offset) throws IOException {
        String path = path(descriptor);
        long size = files.size(path).orElseThrow(() -> new IOException("it has no " + path));
        if (size != descriptor.size()) {
            throw new IOException(path + " has " + size + " bytes and should have " + descriptor.size());
        }
        return files.open(path, offset);
    }

    private static String path(Descriptor descriptor) {
        return "blobs/" + descriptor.digest().replace(':', '/');
    }

    @Override
    public void close() throws IOException {
        files.close();
    }
}
