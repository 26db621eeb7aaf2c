package dev.osie.build.kernel;

import dev.osie.build.store.Blob;
import dev.osie.build.store.Digest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The form in which the store remembers kernels: lines of fields between tabs. */
final class KernelRecord {
    private static final String SEPARATOR = "\t";

    /** What no path of a module begins with. */
    private static final String REMARK = "# ";

    private KernelRecord() {}

    static String toText(Kernel kernel) {
        List<String> lines = new ArrayList<>();
        lines.add(kernel.release());
        lines.add(toText(kernel.vmlinuz()));
        lines.add(toText(kernel.modules()));
        lines.add(kernel.deviceTrees().map(KernelRecord::toText).orElse(""));
        for (SelectedModule module : kernel.selected()) {
            List<String> fields = new ArrayList<>(List.of(module.path(), module.reason()));
            fields.addAll(module.firmware());
            lines.add(String.join(SEPARATOR, fields));
        }
        kernel.remarks().forEach(remark -> lines.add(REMARK + remark));
        return String.join("\n", lines);
    }

    static Kernel parse(String text) {
        List<String> lines = text.lines().toList();
        List<SelectedModule> selected = lines.stream()
                .skip(4)
                .filter(line -> !line.startsWith(REMARK))
                .map(line -> Arrays.asList(line.split(SEPARATOR, -1)))
                .map(fields -> new SelectedModule(fields.get(0), fields.get(1), fields.subList(2, fields.size())))
                .toList();
        List<String> remarks = lines.stream()
                .skip(4)
                .filter(line -> line.startsWith(REMARK))
                .map(line -> line.substring(REMARK.length()))
                .toList();
        Optional<Blob> deviceTrees =
                Optional.of(lines.get(3)).filter(line -> !line.isEmpty()).map(KernelRecord::parseBlob);
        return new Kernel(
                lines.get(0), parseBlob(lines.get(1)), parseBlob(lines.get(2)), deviceTrees, selected, remarks);
    }

    static String toText(Blob blob) {
        return blob.digest() + SEPARATOR + blob.size();
    }

    static Blob parseBlob(String text) {
        int separator = text.indexOf(SEPARATOR);
        return new Blob(Digest.parse(text.substring(0, separator)), Long.parseLong(text.substring(separator + 1)));
    }
}
