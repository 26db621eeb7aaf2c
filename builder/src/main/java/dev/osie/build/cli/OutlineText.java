package dev.osie.build.cli;

import dev.osie.build.failure.ShellQuoting;
import dev.osie.build.oci.Execution;
import dev.osie.build.oci.ImageOutline;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** What an image consists of, as people read it. */
final class OutlineText {
    private static final String INDENT = "  ";
    private static final int SHORT_DIGEST = 12;
    private static final int MOST_ORIGIN = 100;

    private final PrintWriter out;

    OutlineText(PrintWriter out) {
        this.out = out;
    }

    void print(String name, ImageOutline outline) {
        out.println(name);
        TextTable table = new TextTable();
        outline.manifest().ifPresent(digest -> table.add("manifest", digest.toString()));
        table.add("platform", outline.config().platform().describe());
        outline.config().created().ifPresent(time -> table.add("created", shown(time)));
        addExecution(table, outline.config().execution());
        long size =
                outline.layers().stream().mapToLong(ImageOutline.Layer::size).sum();
        table.add("layers", outline.layers().size() + ", " + Sizes.bytes(size));
        table.print(INDENT, out);
        TextTable layers = new TextTable();
        outline.layers().forEach(layer -> add(layers, layer));
        layers.print(INDENT + INDENT, out);
    }

    private static void addExecution(TextTable table, Execution execution) {
        add(table, "entrypoint", execution.entrypoint());
        add(table, "cmd", execution.cmd());
        add(table, "env", execution.env());
        add(table, "user", execution.user());
        add(table, "working dir", execution.workingDir());
        add(table, "volumes", execution.volumes());
        add(table, "ports", execution.exposedPorts());
        add(table, "stop signal", execution.stopSignal().orElse(""));
        for (Map.Entry<String, String> label : execution.labels().entrySet()) {
            table.add("label", shown(label.getKey() + " = " + label.getValue()));
        }
    }

    private static void add(TextTable table, String key, String value) {
        if (!value.isEmpty()) {
            table.add(key, shown(value));
        }
    }

    private static void add(TextTable table, String key, Collection<String> values) {
        add(table, key, ShellQuoting.join(List.copyOf(values)));
    }

    private static void add(TextTable layers, ImageOutline.Layer layer) {
        layers.add(
                Sizes.bytes(layer.size()),
                layer.compression().map(Object::toString).orElse("?"),
                layer.diffId().hex().substring(0, SHORT_DIGEST),
                origin(layer.origin()));
    }

    /** {@code kmod@34.2-2} for a package's layer; what others' images say of theirs may be a whole program. */
    private static String origin(String origin) {
        if (origin.startsWith("debian:")) {
            return origin.substring("debian:".length()).replaceFirst(" ", "@");
        }
        if (origin.startsWith("linked:")) {
            return "Java runtime of " + origin.substring("linked:".length()).replaceFirst(" ", "@");
        }
        if (origin.startsWith("recipe:")) {
            return origin.substring("recipe:".length());
        }
        String text = shown(origin);
        return text.length() > MOST_ORIGIN ? text.substring(0, MOST_ORIGIN) + "…" : text;
    }

    /** On one line and without control characters, which a terminal would obey. */
    private static String shown(String text) {
        return text.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
    }
}
