package dev.osie.build.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The drivers of a kernel, whether or not an image has them.
 *
 * @param release of the kernel
 * @param drivers those built in, by name, and then the modules, by path
 */
public record DriverCatalogue(String release, List<Driver> drivers) {
    private static final String LIST = "\t";
    private static final String ITEM = "\u001f";

    /**
     * A driver.
     *
     * @param path of the module relative to {@code lib/modules/RELEASE}; empty for one that is built in
     * @param aliases patterns of the devices it is for
     * @param firmware files it may ask for, relative to {@code lib/firmware}
     */
    public record Driver(String name, String path, List<String> aliases, List<String> firmware) {
        public Driver {
            aliases = List.copyOf(aliases);
            firmware = List.copyOf(firmware);
        }

        public boolean isBuiltIn() {
            return path.isEmpty();
        }
    }

    public DriverCatalogue {
        drivers = List.copyOf(drivers);
    }

    static DriverCatalogue of(String release, Builtins builtins, List<ModuleFacts> modules) {
        List<Driver> drivers = new ArrayList<>();
        builtins.aliases().forEach((name, aliases) -> drivers.add(new Driver(name, "", aliases, List.of())));
        modules.stream()
                .sorted(Comparator.comparing(ModuleFacts::path))
                .map(module -> new Driver(module.name(), module.path(), module.aliases(), module.firmware()))
                .forEach(drivers::add);
        return new DriverCatalogue(release, drivers);
    }

    /** The form in which the store keeps it: a line for the release, and one for each driver. */
    String toText() {
        StringBuilder text = new StringBuilder(release).append('\n');
        for (Driver driver : drivers) {
            text.append(driver.name()).append(LIST).append(driver.path()).append(LIST);
            text.append(String.join(ITEM, driver.aliases())).append(LIST);
            text.append(String.join(ITEM, driver.firmware())).append('\n');
        }
        return text.toString();
    }

    static DriverCatalogue parse(String text) {
        List<String> lines = text.lines().toList();
        return new DriverCatalogue(
                lines.get(0),
                lines.stream().skip(1).map(DriverCatalogue::driver).toList());
    }

    private static Driver driver(String line) {
        String[] fields = line.split(LIST, -1);
        return new Driver(fields[0], fields[1], items(fields[2]), items(fields[3]));
    }

    private static List<String> items(String field) {
        return field.isEmpty() ? List.of() : Arrays.asList(field.split(ITEM));
    }
}
