package dev.osie.build.hardware;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads lists of devices: what {@code lspci -nn}, {@code lspci -n} and {@code lsusb} print, with {@code -v} or without; lines of ids
 * ({@code 8086:10d3}, {@code usb:0bda:8153}) or of modaliases, as {@code cat /sys/bus/*}{@code /devices/*}{@code /modalias} gives; and JSON
 * whose objects have a text {@code modalias}, as the worker's inventory. Each device is there once.
 */
public final class DeviceList {
    /** The maker's id under which the kernel lists its own hubs, which are part of the controllers. */
    private static final String ROOT_HUBS = "1d6b";

    private static final int LONGEST_LINE = 2048;
    private static final String ID = "([0-9a-fA-F]{4}):([0-9a-fA-F]{4})";
    private static final Pattern LSPCI = Pattern.compile(
            "(?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7] (?:.* )?\\[?([0-9a-fA-F]{4})\\]?: (?:.* )?\\[?" + ID
                    + "\\]?(?: \\(rev [0-9a-f]+\\))?(?: \\(prog-if ([0-9a-f]{2}).*\\))?\\s*");
    private static final Pattern SUBSYSTEM = Pattern.compile("\\s+Subsystem: (?:.* )?\\[?" + ID + "\\]?\\s*");
    private static final Pattern LSUSB = Pattern.compile("Bus \\d+ Device \\d+: ID " + ID + "(?: .*)?");
    private static final Pattern SHORT = Pattern.compile("(?:(pci|usb):)?" + ID);
    private static final Pattern MODALIAS = Pattern.compile("[a-z][a-z0-9_-]*:\\S+");

    private final String name;
    private final Problems problems = new Problems();
    private final Map<String, Device> devices = new LinkedHashMap<>();
    private Optional<String> lspci = Optional.empty();

    private DeviceList(String name) {
        this.name = name;
    }

    /**
     * Reads a list.
     *
     * @param name of the list, for messages
     * @throws dev.osie.build.failure.BuildException that names each line which is nothing of all this
     */
    public static List<Device> read(String name, String text) {
        DeviceList list = new DeviceList(name);
        String start = text.stripLeading();
        if (start.startsWith("{") || start.startsWith("[")) {
            list.json(text);
        } else {
            list.lines(text.lines().toList());
        }
        list.problems.throwIfAny();
        if (list.devices.isEmpty()) {
            throw Problems.failure(Position.whole(name), "there is no device in it")
                    .hint("Expected: " + EXPECTED + ".");
        }
        return List.copyOf(list.devices.values());
    }

    private static final String EXPECTED =
            "what lspci -nn or lsusb prints, an id such as 8086:10d3 or usb:0bda:8153, a modalias, or an inventory in JSON";

    private void lines(List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.length() > LONGEST_LINE) {
                problems.add(position(i), "a line of " + line.length() + " characters is no device");
            } else if (!line.isBlank() && !line.startsWith("#") && !line(line)) {
                problems.add(position(i), "'" + shown(line) + "' is no device: expected " + EXPECTED);
            }
        }
    }

    private Position position(int index) {
        return new Position(name, index + 1, 1);
    }

    private static String shown(String line) {
        return line.length() > 60 ? line.substring(0, 60) + "…" : line;
    }

    private boolean line(String line) {
        Matcher pci = LSPCI.matcher(line);
        Matcher usb = LSUSB.matcher(line);
        Matcher id = SHORT.matcher(line.strip());
        if (Character.isWhitespace(line.charAt(0))) {
            detail(line);
            return true;
        }
        lspci = Optional.empty();
        if (pci.matches()) {
            String kind = pci.group(1) + Optional.ofNullable(pci.group(4)).orElse("");
            lspci = Optional.of(line.strip());
            add(line, Modalias.pci(pci.group(2), pci.group(3)).ofClass(kind));
        } else if (usb.matches()) {
            if (!usb.group(1).equalsIgnoreCase(ROOT_HUBS)) {
                add(line, Modalias.usb(usb.group(1), usb.group(2)));
            }
        } else if (id.matches()) {
            boolean isUsb = "usb".equals(id.group(1));
            add(line, isUsb ? Modalias.usb(id.group(2), id.group(3)) : Modalias.pci(id.group(2), id.group(3)));
        } else if (MODALIAS.matcher(line.strip()).matches()) {
            add(line, Modalias.of(line.strip()));
        } else {
            // The detailed output of lsusb -v has headings.
            return line.endsWith(":");
        }
        return true;
    }

    /** Lines below a device of lspci; the card's makers tell apart which of several drivers is for it. */
    private void detail(String line) {
        Matcher subsystem = SUBSYSTEM.matcher(line);
        if (lspci.isPresent() && subsystem.matches()) {
            devices.computeIfPresent(
                    lspci.get(),
                    (key, device) -> new Device(
                            device.name(), device.modalias().ofSubsystem(subsystem.group(1), subsystem.group(2))));
        }
    }

    private void add(String text, Modalias modalias) {
        devices.putIfAbsent(text.strip(), new Device(text.strip(), modalias));
    }

    private void json(String text) {
        try {
            walk(new ObjectMapper().readTree(text));
        } catch (JsonProcessingException e) {
            problems.add(
                    new Position(
                            name,
                            e.getLocation() == null ? 1 : e.getLocation().getLineNr(),
                            e.getLocation() == null ? 1 : e.getLocation().getColumnNr()),
                    "this is no JSON: " + e.getOriginalMessage());
        }
    }

    private void walk(JsonNode node) {
        String modalias = node.path("modalias").asText("").strip();
        if (MODALIAS.matcher(modalias).matches() && modalias.length() <= LONGEST_LINE) {
            String what = Stream.of("vendor", "product", "class")
                    .map(key -> node.path(key).asText(""))
                    .filter(value -> !value.isEmpty())
                    .reduce((one, two) -> one + " " + two)
                    .orElse("");
            devices.putIfAbsent(
                    modalias, new Device(what.isEmpty() ? modalias : what + "  " + modalias, Modalias.of(modalias)));
        }
        List<JsonNode> below = new ArrayList<>();
        node.elements().forEachRemaining(below::add);
        below.forEach(this::walk);
    }
}
