package dev.osie.build.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The form in which the store remembers firmware: the layer, files with their origins, and modules with what they lack, between tabs. */
final class FirmwareRecord {
    private static final String FILE = "file";
    private static final String MISSING = "missing";

    private FirmwareRecord() {}

    static String toText(Firmware firmware) {
        List<String> lines = new ArrayList<>();
        lines.add(KernelRecord.toText(firmware.layer()));
        firmware.origins().forEach((path, origin) -> lines.add(String.join("\t", FILE, path, origin)));
        firmware.missing()
                .forEach((module, files) -> lines.add(String.join("\t", MISSING, module, String.join("\t", files))));
        return String.join("\n", lines);
    }

    static Firmware parse(String text) {
        List<String> lines = text.lines().toList();
        SortedMap<String, String> origins = new TreeMap<>();
        SortedMap<String, List<String>> missing = new TreeMap<>();
        for (String line : lines.subList(1, lines.size())) {
            List<String> fields = Arrays.asList(line.split("\t", -1));
            if (fields.get(0).equals(FILE)) {
                origins.put(fields.get(1), fields.get(2));
            } else {
                missing.put(fields.get(1), fields.subList(2, fields.size()));
            }
        }
        return new Firmware(KernelRecord.parseBlob(lines.get(0)), origins, missing);
    }
}
