package dev.osie.build.artifact;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import dev.osie.build.assemble.Osie;
import dev.osie.build.initramfs.Entry;
import dev.osie.build.initramfs.Segment;
import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes where every file of an initramfs comes from, as JSON: the segments in the order in which the kernel unpacks them, and of each its
 * entries. Where an entry says nothing of its own origin, the segment's counts. Sizes are in bytes, modes octal, times seconds since 1970.
 */
final class Manifest {
    private static final String NEWLINE = "\n";

    private final Osie osie;
    private final Store store;

    Manifest(Osie osie, Store store) {
        this.osie = osie;
        this.store = store;
    }

    void writeTo(OutputStream out) throws IOException {
        DefaultIndenter lines = new DefaultIndenter("  ", NEWLINE);
        try (JsonGenerator json = new JsonFactory()
                .createGenerator(out, JsonEncoding.UTF8)
                .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
            json.setPrettyPrinter(
                    new DefaultPrettyPrinter().withObjectIndenter(lines).withArrayIndenter(lines));
            json.writeStartObject();
            json.writeStringField("flavor", osie.flavor());
            json.writeStringField("architecture", osie.architecture().toString());
            json.writeStringField("kernel", osie.kernel());
            json.writeStringField(
                    "vmlinuz", osie.vmlinuz().orElseThrow().digest().toString());
            json.writeArrayFieldStart("segments");
            for (Segment segment : osie.initramfs().segments()) {
                write(json, segment);
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeRaw(NEWLINE);
        }
    }

    private void write(JsonGenerator json, Segment segment) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", segment.name());
        json.writeStringField("origin", osie.origins().getOrDefault(segment.name(), segment.name()));
        json.writeStringField("compression", segment.compression().toString());
        json.writeStringField("digest", segment.blob().digest().toString());
        json.writeNumberField("size", segment.blob().size());
        json.writeNumberField("unpackedSize", segment.unpackedSize());
        json.writeArrayFieldStart("entries");
        // Thousands of entries: one a line keeps the file readable and its differences small.
        for (Entry entry : segment.entries(store)) {
            json.writeRawValue(line(entry));
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private String line(Entry entry) throws IOException {
        java.io.StringWriter text = new java.io.StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("path", entry.path());
            json.writeStringField(
                    "mode", Integer.toOctalString(entry.attributes().mode()));
            json.writeNumberField("uid", entry.attributes().uid());
            json.writeNumberField("gid", entry.attributes().gid());
            json.writeNumberField("mtime", entry.attributes().mtime());
            writeKind(json, entry.kind());
            String origin = osie.fileOrigins().get(entry.path());
            if (origin != null) {
                json.writeStringField("origin", origin);
            }
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void writeKind(JsonGenerator json, Entry.Kind kind) throws IOException {
        if (kind instanceof Entry.Directory) {
            json.writeStringField("type", "directory");
        } else if (kind instanceof Entry.RegularFile file) {
            json.writeStringField("type", "file");
            json.writeNumberField("size", file.size());
            json.writeStringField("digest", file.content().map(Digest::toString).orElse(""));
            json.writeNumberField("inode", file.inode());
        } else if (kind instanceof Entry.Symlink link) {
            json.writeStringField("type", "symlink");
            json.writeStringField("target", link.target());
        } else if (kind instanceof Entry.Device device) {
            json.writeStringField("type", device.block() ? "block" : "character");
            json.writeNumberField("major", device.major());
            json.writeNumberField("minor", device.minor());
        } else if (kind instanceof Entry.Fifo) {
            json.writeStringField("type", "fifo");
        }
    }
}
