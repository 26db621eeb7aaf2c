package dev.osie.build.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.osie.build.oci.Layout;
import dev.osie.build.oci.Platform;
import dev.osie.build.oci.StoredNames;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code osie-build image ls}: the names of the store's images. */
@Command(
        name = "ls",
        description = {
            "Lists the images that the store has names for: name, architecture, the beginning of the manifest's digest, size"
                    + " of all layers, and where an import came from.",
            "A name with a digest is an image that a build asked a registry or Docker for."
        })
final class ImageLsCommand implements Callable<Integer> {
    private static final int SHORT_DIGEST = 12;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--json",
            description = "Print a JSON list of objects: name, architecture, digest, size in bytes (none when parts are"
                    + " missing), imported.")
    private boolean json;

    @Mixin
    private StoreOption storeOption;

    @Override
    public Integer call() {
        Layout layout = new Layout(storeOption.open());
        StoredNames names = new StoredNames(layout);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(json(layout, names));
        } else {
            print(layout, names, out);
        }
        out.flush();
        return 0;
    }

    private static void print(Layout layout, StoredNames names, PrintWriter out) {
        TextTable table = new TextTable();
        for (Layout.Entry entry : names.entries()) {
            OptionalLong size = layout.size(entry.manifest().digest());
            table.add(
                    StoredNames.shown(entry),
                    architecture(entry),
                    entry.manifest().digest().hex().substring(0, SHORT_DIGEST),
                    size.isPresent() ? Sizes.bytes(size.getAsLong()) : "incomplete",
                    entry.imported().orElse(""));
        }
        table.print("", out);
    }

    private static String json(Layout layout, StoredNames names) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (Layout.Entry entry : names.entries()) {
            var object = list.addObject();
            object.put("name", StoredNames.shown(entry));
            object.put("architecture", architecture(entry));
            object.put("digest", entry.manifest().digest().toString());
            layout.size(entry.manifest().digest()).ifPresent(size -> object.put("size", size));
            entry.imported().ifPresent(place -> object.put("imported", place));
        }
        try {
            return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(list);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String architecture(Layout.Entry entry) {
        return entry.manifest().platform().map(Platform::kernelName).orElse("");
    }
}
