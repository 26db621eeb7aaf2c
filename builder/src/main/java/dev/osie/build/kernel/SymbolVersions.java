package dev.osie.build.kernel;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * The symbols that a kernel and its modules export, from the {@code Module.symvers} of its build: a line for each, of checksum, symbol,
 * exporter, kind of export and namespace between tabs (kernel documentation, "Building External Modules").
 */
final class SymbolVersions {
    private static final String FILE = "Module.symvers";

    /** Where packages of kernels and of headers have it; RPMs compress it. */
    private static final List<String> PLACES = List.of(
            "usr/src/linux-headers-%s/Module.symvers",
            "usr/lib/modules/%s/Module.symvers",
            "lib/modules/%s/Module.symvers",
            "usr/lib/modules/%s/symvers.xz",
            "lib/modules/%s/symvers.xz",
            "usr/lib/modules/%s/symvers.gz",
            "lib/modules/%s/symvers.gz");

    /** That of a kernel with all its modules has 2 MB. */
    private static final int LARGEST = 64 << 20;

    private final Map<String, Symbol> symbols = new HashMap<>();

    /**
     * A symbol.
     *
     * @param checksum of the interface behind it; 0 for kernels that don't compare them
     * @param gplOnly whether only modules under the GPL may use it
     * @param namespace that its users must import; empty for none
     */
    record Symbol(int checksum, String exporter, boolean gplOnly, String namespace) {}

    private SymbolVersions() {}

    /**
     * The symbols of a kernel, if its files tell them.
     *
     * @param origin of the tree, for messages
     */
    static Optional<SymbolVersions> of(Tree tree, String release, String origin) {
        return PLACES.stream()
                .map(place -> String.format(place, release))
                .filter(path -> tree.get(path).orElse(null) instanceof Node.RegularFile)
                .findFirst()
                .map(path -> parse(text(path, (Node.RegularFile) tree.get(path).orElseThrow(), origin), origin));
    }

    private static String text(String path, Node.RegularFile file, String origin) {
        try (InputStream raw = file.content().open();
                InputStream in = path.endsWith(".xz")
                        ? new XZInputStream(raw, 1 << 16)
                        : path.endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw badInput(path + " of " + origin + " is larger than " + (LARGEST >> 20) + " MiB");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw badInput("Tried to read " + path + " of " + origin + ", but it is damaged: " + e.getMessage())
                    .because(e);
        }
    }

    /** @param origin of the text, for messages */
    static SymbolVersions parse(String text, String origin) {
        SymbolVersions versions = new SymbolVersions();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String[] fields = lines.get(i).split("\t", -1);
            if (fields.length < 4 || !fields[0].matches("0x[0-9a-f]{8}")) {
                throw badInput(FILE + " of " + origin + ", line " + (i + 1)
                        + ": expected checksum, symbol, module and kind of export, with tabs between them");
            }
            versions.symbols.put(
                    fields[1],
                    new Symbol(
                            Integer.parseUnsignedInt(fields[0].substring(2), 16),
                            fields[2],
                            fields[3].endsWith("_GPL"),
                            fields.length > 4 ? fields[4] : ""));
        }
        return versions;
    }

    Optional<Symbol> find(String symbol) {
        return Optional.ofNullable(symbols.get(symbol));
    }
}
