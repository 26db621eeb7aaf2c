package dev.osie.worker.containerd;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.osie.worker.image.Descriptor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** An image made for a test, and archives of such images as the builder writes them. */
final class LabImage {
    private static final Path BUSYBOX = Path.of("/bin/busybox");
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String ARCHITECTURE = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";

    /** Contents by their paths in an archive. */
    private final SortedMap<String, byte[]> blobs = new TreeMap<>();

    private final List<String> layers = new ArrayList<>();
    private final byte[] manifest;

    /**
     * An image.
     *
     * @param config what stands under "config" in its configuration: members of a JSON object
     */
    LabImage(String config, Layer... layers) {
        List<String> descriptors = new ArrayList<>();
        List<String> uncompressed = new ArrayList<>();
        for (Layer layer : layers) {
            byte[] tar = layer.tar();
            uncompressed.add('"' + Descriptor.digestOf(tar) + '"');
            byte[] compressed = compressed(tar);
            descriptors.add(add("application/vnd.oci.image.layer.v1.tar+gzip", compressed));
            this.layers.add(path(compressed));
        }
        String configuration = add("application/vnd.oci.image.config.v1+json", """
                {"architecture":"%s","os":"linux","config":{%s},"rootfs":{"type":"layers","diff_ids":[%s]}}
                """.formatted(
                        ARCHITECTURE, config, String.join(",", uncompressed))
                .getBytes(UTF_8));
        manifest = """
                {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}
                """.formatted(MANIFEST, configuration, String.join(",", descriptors))
                .getBytes(UTF_8);
        add(MANIFEST, manifest);
    }

    /** One with a shell and nothing else. */
    static LabImage shell() {
        return new LabImage("\"Cmd\":[\"echo\",\"the image's own command\"]", Layer.shell());
    }

    private String add(String type, byte[] content) {
        blobs.put(path(content), content);
        return descriptor(type, content);
    }

    private static String path(byte[] content) {
        return "blobs/" + Descriptor.digestOf(content).replace(':', '/');
    }

    private static String descriptor(String type, byte[] content) {
        return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d"
                        .formatted(type, Descriptor.digestOf(content), content.length)
                + "}";
    }

    private static byte[] compressed(byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    byte[] manifest() {
        return manifest;
    }

    byte[] blob(Descriptor descriptor) {
        return blobs.get("blobs/" + descriptor.digest().replace(':', '/'));
    }

    /** The path of a layer in archives. */
    String layer(int index) {
        return layers.get(index);
    }

    /** The files of an archive of images by their names. */
    static SortedMap<String, byte[]> archive(Map<String, LabImage> named) {
        SortedMap<String, byte[]> files = new TreeMap<>();
        named.values().forEach(image -> files.putAll(image.blobs));
        String manifests = named.entrySet().stream()
                .map(entry -> descriptor(MANIFEST, entry.getValue().manifest)
                        .replaceFirst(
                                "}$", ",\"annotations\":{\"io.containerd.image.name\":\"" + entry.getKey() + "\"}}"))
                .collect(Collectors.joining(","));
        files.put("index.json", ("{\"schemaVersion\":2,\"manifests\":[" + manifests + "]}").getBytes(UTF_8));
        files.put("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(UTF_8));
        return files;
    }

    /** An archive of these files. */
    static byte[] tar(SortedMap<String, byte[]> files) {
        Layer archive = new Layer();
        files.forEach((path, content) -> archive.file(path, 0644, content));
        return archive.tar();
    }

    /** A layer, or any tar archive. */
    static final class Layer {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes);

        /** Busybox as a shell and what scripts need. */
        static Layer shell() {
            try {
                Layer layer = new Layer().file("bin/busybox", 0755, Files.readAllBytes(BUSYBOX));
                for (String applet : List.of("sh", "echo", "cat", "id")) {
                    layer.link("bin/" + applet, "busybox");
                }
                return layer;
            } catch (IOException e) {
                throw new IllegalStateException("this test needs a static busybox: apt install busybox-static", e);
            }
        }

        Layer file(String path, String content) {
            return file(path, 0644, content.getBytes(UTF_8));
        }

        Layer file(String path, int mode, byte[] content) {
            TarArchiveEntry entry = new TarArchiveEntry(path);
            entry.setSize(content.length);
            entry.setMode(mode);
            return add(entry, content);
        }

        Layer link(String path, String target) {
            TarArchiveEntry entry = new TarArchiveEntry(path, TarConstants.LF_SYMLINK);
            entry.setLinkName(target);
            return add(entry, new byte[0]);
        }

        private Layer add(TarArchiveEntry entry, byte[] content) {
            // Equal layers are equal whenever they are made.
            entry.setModTime(0);
            try {
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return this;
        }

        private byte[] tar() {
            try {
                tar.finish();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return bytes.toByteArray();
        }
    }
}
