package dev.osie.build.hardware;

import dev.osie.build.kernel.AliasPattern;
import dev.osie.build.kernel.DriverCatalogue;
import dev.osie.build.kernel.DriverCatalogue.Driver;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Compares devices with the drivers of a kernel, and those with what lies in an image. */
public final class DriverCheck {
    private static final Pattern MODULE = Pattern.compile("(?:usr/)?lib/modules/([^/]+)/(.+\\.ko(?:\\.xz)?)");
    private static final Pattern FIRMWARE =
            Pattern.compile("(?:usr/)?lib/firmware/(?:updates/)?(.+?)(?:\\.xz|\\.zst)?");

    private final DriverCatalogue kernel;
    private final SortedSet<String> modules = new TreeSet<>();
    private final SortedSet<String> firmware = new TreeSet<>();

    /**
     * @param paths of the files of the image's root
     */
    public DriverCheck(DriverCatalogue kernel, Stream<String> paths) {
        this.kernel = kernel;
        paths.forEach(path -> {
            Matcher module = MODULE.matcher(path);
            Matcher file = FIRMWARE.matcher(path);
            if (module.matches() && module.group(1).equals(kernel.release())) {
                modules.add(module.group(2));
            } else if (file.matches()) {
                firmware.add(file.group(1));
            }
        });
    }

    /** The release of the kernel, as {@code uname -r} says it. */
    public String release() {
        return kernel.release();
    }

    /** Finds the drivers of a device; those that are certainly for it, and when there are none, those that perhaps are. */
    public Coverage check(Device device) {
        List<Driver> certain = drivers(device, Modalias.Fit.CERTAINLY);
        List<Driver> found = certain.isEmpty() ? drivers(device, Modalias.Fit.PERHAPS) : certain;
        boolean isCertain = !certain.isEmpty() || found.isEmpty();
        return coverage(device, Coverage.Verdict.IN_IMAGE, found, driver -> modules.contains(driver.path()), isCertain)
                .or(() -> coverage(device, Coverage.Verdict.BUILT_IN, found, Driver::isBuiltIn, isCertain))
                .or(() -> coverage(device, Coverage.Verdict.NOT_IN_IMAGE, found, driver -> true, isCertain))
                .orElseGet(
                        () -> new Coverage(device, Coverage.Verdict.NO_DRIVER, List.of(), isCertain, new TreeMap<>()));
    }

    private List<Driver> drivers(Device device, Modalias.Fit wanted) {
        return kernel.drivers().stream()
                .filter(driver -> driver.aliases().stream()
                        .anyMatch(alias -> device.modalias().fit(alias) == wanted))
                .toList();
    }

    private Optional<Coverage> coverage(
            Device device, Coverage.Verdict verdict, List<Driver> found, Predicate<Driver> chosen, boolean certain) {
        List<Driver> drivers = found.stream().filter(chosen).toList();
        if (drivers.isEmpty()) {
            return Optional.empty();
        }
        SortedMap<String, Boolean> files = new TreeMap<>();
        drivers.stream().flatMap(driver -> driver.firmware().stream()).forEach(file -> files.put(file, isThere(file)));
        return Optional.of(new Coverage(
                device, verdict, drivers.stream().map(Driver::name).distinct().toList(), certain, files));
    }

    /** Modules name some of their firmware by patterns. */
    private boolean isThere(String file) {
        return firmware.contains(file)
                || file.indexOf('*') >= 0 && firmware.stream().anyMatch(each -> AliasPattern.matches(file, each));
    }
}
