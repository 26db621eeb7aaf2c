package dev.osie.build.hardware;

import dev.osie.build.kernel.AliasPattern;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the kernel calls a device when it looks for its driver: {@code pci:v00008086d000010D3sv…bc02sc00i00}. Of a device from a short list
 * only some of the fields are known.
 */
public final class Modalias {
    static final String PCI = "pci:";
    static final String USB = "usb:";
    private static final String ANYTHING = "*";

    /** How an alias of a module fits a device. */
    enum Fit {
        NOT,
        /** It asks for fields that the list does not tell. */
        PERHAPS,
        CERTAINLY
    }

    private final String bus;
    private final Optional<String> complete;
    private final SortedMap<String, String> fields;

    private Modalias(String bus, Optional<String> complete, SortedMap<String, String> fields) {
        this.bus = bus;
        this.complete = complete;
        this.fields = fields;
    }

    /** All of it, as the file {@code modalias} below {@code /sys} has it. */
    public static Modalias of(String text) {
        int colon = text.indexOf(':');
        String bus = text.substring(0, colon + 1);
        boolean known = bus.equals(PCI) || bus.equals(USB);
        return new Modalias(
                bus, Optional.of(normalized(text)), known ? parse(text.substring(colon + 1)) : new TreeMap<>());
    }

    /** A PCI device by its numbers, four hexadecimal digits each. */
    static Modalias pci(String vendor, String device) {
        return new Modalias(PCI, Optional.empty(), new TreeMap<>(Map.of("v", wide(vendor), "d", wide(device))));
    }

    /** A USB device by its numbers, four hexadecimal digits each. */
    static Modalias usb(String vendor, String product) {
        return new Modalias(
                USB,
                Optional.empty(),
                new TreeMap<>(Map.of("v", vendor.toUpperCase(Locale.ROOT), "p", product.toUpperCase(Locale.ROOT))));
    }

    /** The same device, of which the class is known too: four hexadecimal digits, and two more with the programming interface. */
    Modalias ofClass(String digits) {
        Modalias known = with("bc", digits.substring(0, 2)).with("sc", digits.substring(2, 4));
        return digits.length() > 4 ? known.with("i", digits.substring(4, 6)) : known;
    }

    /** The same device, of which the makers of the whole card are known too, four hexadecimal digits each. */
    Modalias ofSubsystem(String vendor, String device) {
        return with("sv", wide(vendor)).with("sd", wide(device));
    }

    private Modalias with(String field, String value) {
        SortedMap<String, String> more = new TreeMap<>(fields);
        more.put(field, value.toUpperCase(Locale.ROOT));
        return new Modalias(bus, complete, more);
    }

    /** Base class and subclass of a PCI device, four hexadecimal digits, when they are known. */
    Optional<String> pciClass() {
        return bus.equals(PCI) && fields.containsKey("bc") && fields.containsKey("sc")
                ? Optional.of(fields.get("bc") + fields.get("sc"))
                : Optional.empty();
    }

    /** Whether this is a PCI device of unknown class, for which the driver of a class cannot be found. */
    public boolean lacksClass() {
        return bus.equals(PCI) && pciClass().isEmpty();
    }

    /** Whether a module with this alias is for the device. */
    Fit fit(String alias) {
        if (complete.isPresent()) {
            return AliasPattern.matches(normalized(alias), complete.get()) ? Fit.CERTAINLY : Fit.NOT;
        } else if (!alias.startsWith(bus)) {
            return Fit.NOT;
        }
        boolean asksForMore = false;
        // Which interfaces a USB device has no short list tells; a PCI device without its class says nothing of the
        // drivers of classes.
        boolean knowsSome = bus.equals(USB);
        for (Map.Entry<String, String> wanted :
                parse(alias.substring(bus.length())).entrySet()) {
            String known = fields.get(wanted.getKey());
            if (known != null && !AliasPattern.matches(wanted.getValue(), known)) {
                return Fit.NOT;
            }
            asksForMore |= known == null && !wanted.getValue().equals(ANYTHING);
            knowsSome |= known != null && !wanted.getValue().equals(ANYTHING);
        }
        if (!knowsSome) {
            return Fit.NOT;
        }
        return asksForMore ? Fit.PERHAPS : Fit.CERTAINLY;
    }

    /** Fields of PCI and USB: names are small letters, values are not. */
    private static SortedMap<String, String> parse(String text) {
        SortedMap<String, String> fields = new TreeMap<>();
        int i = 0;
        while (i < text.length()) {
            int value = i;
            while (value < text.length() && isName(text.charAt(value))) {
                value++;
            }
            int end = value;
            boolean inClass = false;
            while (end < text.length() && (inClass || !isName(text.charAt(end)))) {
                inClass = text.charAt(end) == '[' || inClass && text.charAt(end) != ']';
                end++;
            }
            fields.put(text.substring(i, value), text.substring(value, end));
            i = end;
        }
        return fields;
    }

    private static boolean isName(char c) {
        return c >= 'a' && c <= 'z';
    }

    private static String wide(String digits) {
        return "0000" + digits.toUpperCase(Locale.ROOT);
    }

    /** Dashes and underscores are the same in aliases; within a class a dash is a range, which no device has. */
    private static String normalized(String text) {
        StringBuilder same = new StringBuilder(text.length());
        boolean inClass = false;
        for (char c : text.toCharArray()) {
            inClass = c == '[' || inClass && c != ']';
            same.append(c == '-' && !inClass ? '_' : c);
        }
        return same.toString();
    }
}
