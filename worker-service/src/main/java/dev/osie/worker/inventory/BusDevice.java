package dev.osie.worker.inventory;

/**
 * A device that a driver can be bound to. Numbers are in hexadecimal, in lower case, without prefix; what is not known is empty.
 *
 * @param bus {@code pci} or {@code usb}
 * @param address {@code 0000:03:00.0}, or of a USB interface {@code 1-1.2:1.0}
 * @param vendor four digits
 * @param product four digits
 * @param subvendor four digits, of PCI only
 * @param subproduct four digits, of PCI only
 * @param deviceClass six digits of PCI (class, subclass, interface), two of USB
 * @param driver the driver that is bound to it
 * @param modalias what drivers are found by
 */
public record BusDevice(
        String bus,
        String address,
        String vendor,
        String product,
        String subvendor,
        String subproduct,
        String deviceClass,
        String driver,
        String modalias) {}
