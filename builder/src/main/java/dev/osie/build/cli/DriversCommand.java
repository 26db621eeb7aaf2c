package dev.osie.build.cli;

import static dev.osie.build.failure.BuildException.badInput;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.osie.build.assemble.Assembler;
import dev.osie.build.failure.BuildException;
import dev.osie.build.hardware.Coverage;
import dev.osie.build.hardware.Coverage.Verdict;
import dev.osie.build.hardware.Device;
import dev.osie.build.hardware.DeviceList;
import dev.osie.build.hardware.DriverCheck;
import dev.osie.build.initramfs.Compression;
import dev.osie.build.progress.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code osie-build drivers}: whether an image drives a machine's devices. */
@Command(
        name = "drivers",
        description = {
            "Tells whether an image has the drivers for a machine's devices, before it boots there.",
            "  lspci -nn | osie-build drivers -          devices of a machine; lsusb's output as well",
            "  osie-build drivers 8086:10d3 usb:0bda:8153",
            "  osie-build drivers fleet.txt --flavor slim",
            "Drivers that the kernel has and the image has not are written as an overlay that adds them. The exit code is 4 when storage,"
                    + " network, USB and their like, or a device of unknown class, have no driver in the image."
        })
final class DriversCommand implements Callable<Integer> {
    private static final String STANDARD_INPUT = "-";
    private static final int SHOWN = 3;
    private static final int LARGEST = 16 << 20;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "DEVICE",
            description =
                    "A PCI id (8086:10d3), a USB id (usb:0bda:8153), a modalias, or a file of such lines, of the output of"
                            + " lspci -nn or lsusb, or of the worker's inventory; - is standard input.")
    private List<String> devices;

    @Option(
            names = "--flavor",
            paramLabel = "FLAVOR",
            defaultValue = "hook",
            description = "A flavor by name or by file. Default: ${DEFAULT-VALUE}.")
    private String flavor;

    @Option(
            names = "--json",
            description =
                    "Print an array of {device, needed, verdict, certain, drivers, firmware: {file: whether it is there}}.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "Report nothing but errors.")
    private boolean quiet;

    @Mixin
    private FlavorOptions options;

    @Mixin
    private PlaceOptions places;

    @Override
    public Integer call() throws IOException {
        List<Device> read = read();
        PrintWriter err = spec.commandLine().getErr();
        Progress progress = quiet ? Progress.SILENT : new PlainProgress(err);
        DriverCheck check = new Assembler(places.store(), progress)
                .drivers(options.request(places.project(), List.of(flavor), Compression.ZSTD_3));
        List<Coverage> found = read.stream().map(check::check).toList();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(json(found));
        } else {
            found.forEach(each -> print(each, out));
            summary(found, check.release(), out);
        }
        out.flush();
        return found.stream().allMatch(Coverage::isCovered) ? 0 : BuildException.Kind.VERIFICATION.exitCode();
    }

    private List<Device> read() throws IOException {
        List<Device> read = new ArrayList<>();
        for (String given : devices) {
            if (given.equals(STANDARD_INPUT)) {
                read.addAll(DeviceList.read("stdin", text("stdin", System.in)));
            } else if (Files.isRegularFile(Path.of(given))) {
                try (InputStream in = Files.newInputStream(Path.of(given))) {
                    read.addAll(DeviceList.read(given, text(given, in)));
                }
            } else if (given.indexOf(':') < 0) {
                throw badInput("'" + given + "' is neither a file nor a device such as 8086:10d3 or usb:0bda:8153.");
            } else {
                read.addAll(DeviceList.read("command line", given));
            }
        }
        return read;
    }

    private static String text(String name, InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(LARGEST + 1);
        if (bytes.length > LARGEST) {
            throw badInput(name + " is larger than 16 MiB, which no list of devices is.");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void print(Coverage each, PrintWriter out) {
        String drivers = first(each.drivers());
        out.println(each.device().name());
        out.println("    " + (drivers.isEmpty() ? "" : drivers + ": ") + verdict(each)
                + (each.certain() ? "" : ", if its subsystem or interface is the one they are for"));
        if (each.lacksFirmware() && each.verdict() == Verdict.IN_IMAGE) {
            out.println("    firmware it may ask for that is not in the image: " + missing(each));
        }
    }

    private static String verdict(Coverage each) {
        if (each.verdict() != Verdict.NO_DRIVER) {
            return each.verdict().toString();
        } else if (each.isCovered()) {
            return each.verdict() + ", and needs none here";
        }
        return each.device().modalias().lacksClass()
                ? "no driver in this kernel by this id; perhaps one by its class, which lspci -nn tells"
                : each.verdict().toString();
    }

    private static String missing(Coverage each) {
        List<String> files = each.firmware().entrySet().stream()
                .filter(file -> !file.getValue())
                .map(file -> file.getKey())
                .toList();
        return first(files);
    }

    private static String first(List<String> names) {
        int shown = Math.min(names.size(), SHOWN);
        return String.join(", ", names.subList(0, shown))
                + (names.size() > shown ? " and " + (names.size() - shown) + " more" : "");
    }

    private static void summary(List<Coverage> found, String release, PrintWriter out) {
        List<Coverage> open = found.stream().filter(each -> !each.isCovered()).toList();
        List<String> addable = open.stream()
                .filter(each -> each.verdict() == Verdict.NOT_IN_IMAGE)
                .flatMap(each -> each.drivers().stream())
                .distinct()
                .sorted()
                .toList();
        out.println();
        out.println(
                open.isEmpty()
                        ? "All that provisioning needs has a driver (linux " + release + ")."
                        : open.size() + " of " + found.size() + " devices lack a driver (linux " + release + ").");
        if (!addable.isEmpty()) {
            out.println("This overlay adds what the kernel has:");
            out.println();
            out.println("osie:");
            out.println("  kernel: { modules.add: [" + String.join(", ", addable) + "] }");
        }
    }

    private static String json(List<Coverage> found) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ArrayNode array = mapper.createArrayNode();
        for (Coverage each : found) {
            ObjectNode object = array.addObject();
            object.put("device", each.device().name());
            object.put("needed", each.device().isNeeded());
            object.put("verdict", each.verdict().toString());
            object.put("certain", each.certain());
            each.drivers().forEach(object.putArray("drivers")::add);
            ObjectNode firmware = object.putObject("firmware");
            each.firmware().forEach((file, isThere) -> firmware.put(file, isThere.booleanValue()));
        }
        return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(array);
    }
}
