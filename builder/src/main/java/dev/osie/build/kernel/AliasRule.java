package dev.osie.build.kernel;

import dev.osie.build.kernel.DriverCatalogue.Driver;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a rule with a colon asks for: the drivers of some devices, by the aliases that modules have for them. It is written as
 *
 * <ul>
 *   <li>the numbers of a PCI or USB device, {@code pci:15b3:1017}, {@code usb:0bda:8153}, or of all of a maker, {@code pci:15b3:*};
 *   <li>a pattern of aliases, {@code vmbus:*} or {@code pci:*bc01sc08*}, in which {@code *} stands for any characters;
 *   <li>a device's modalias as {@code /sys} has it, or a part of it that leaves the rest open by {@code *}.
 * </ul>
 *
 * An alias is itself a pattern. It fits when it lies within the rule's, as the drivers of a maker do, or the rule's within it, as a device
 * does. That the two merely overlap is not enough: most drivers leave a device's class open, and would fit every class.
 */
final class AliasRule {
    private static final Pattern NUMBERS = Pattern.compile("(pci|usb):([0-9a-fA-F]{4}|\\*):([0-9a-fA-F]{4}|\\*)");

    private final String pattern;

    private AliasRule(String pattern) {
        this.pattern = pattern;
    }

    static AliasRule parse(String text) {
        Matcher numbers = NUMBERS.matcher(text);
        if (!numbers.matches()) {
            return new AliasRule(text);
        }
        boolean pci = numbers.group(1).equals("pci");
        String maker = number(numbers.group(2), pci);
        String device = number(numbers.group(3), pci);
        return new AliasRule(pci ? "pci:v" + maker + "d" + device + "sv*" : "usb:v" + maker + "p" + device + "d*");
    }

    private static String number(String digits, boolean wide) {
        return digits.equals("*") || !wide ? digits.toUpperCase(Locale.ROOT) : "0000" + digits.toUpperCase(Locale.ROOT);
    }

    boolean fits(Driver driver) {
        return driver.aliases().stream()
                .anyMatch(alias -> AliasPattern.matches(pattern, alias) || AliasPattern.matches(alias, pattern));
    }
}
