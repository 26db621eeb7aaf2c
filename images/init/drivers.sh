# Sourced by the boot: modules for the hardware that is there, and for what appears later.
#
# modprobe by its path: busybox' shell prefers its own applets, and busybox' modprobe knows no soft dependencies.
# shellcheck shell=sh

# What the flavor lists, whatever the hardware.
load_listed_modules() {
    cat /etc/modules-load.d/*.conf 2>/dev/null | grep -v '^ *#' | xargs /usr/sbin/modprobe -abq
}

# Each device names the modules it wants as one modalias. All are given to a single modprobe: a process for each of them
# would take seconds. A driver just loaded brings up new devices (a controller its disks), so it is done again until no new
# name turns up. Names that no module answers to are no error.
load_drivers() {
    known=
    while :; do
        present=$(cat /sys/bus/*/devices/*/modalias 2>/dev/null | sort -u)
        [ "$present" = "$known" ] && return
        known=$present
        # xargs keeps each command line within the kernel's limit.
        echo "$present" | xargs /usr/sbin/modprobe -abq
    done
}

# Disks that a controller finds slowly, and what is plugged in while the machine runs, unless the service udev does that. The
# kernel's events come by netlink; busybox' uevent runs one program for each. What came between load_drivers and this is caught
# by looking once more.
watch_devices() {
    uevent /usr/lib/osie-build/device-event >/dev/null 2>&1 &
    load_drivers
}

# Storage, network, USB and the like that no driver took, drivers that gave up, and firmware that was asked for and is not there:
# what would otherwise be a machine that stalls without a word.
report_missing_drivers() {
    {
        for device in /sys/bus/pci/devices/*; do
            if [ -e "$device/driver" ] || ! [ -r "$device/class" ]; then continue; fi
            read -r class <"$device/class"
            case $class in 0x00* | 0xff* | 0x01* | 0x02* | 0x0c03* | 0x0c04* | 0x0c06* | 0x0c07* | 0x0805*) ;; *) continue ;; esac
            read -r vendor <"$device/vendor"
            read -r product <"$device/device"
            echo "no driver: pci:${vendor#0x}:${product#0x} (at ${device##*/})"
        done
        for interface in /sys/bus/usb/devices/*:*; do
            if [ -e "$interface/driver" ] || ! [ -r "$interface/bInterfaceClass" ]; then continue; fi
            read -r class <"$interface/bInterfaceClass"
            # Communication, storage, and what only its maker's driver knows.
            case $class in 02 | 08 | ff) ;; *) continue ;; esac
            read -r vendor <"${interface%:*}/idVendor"
            read -r product <"${interface%:*}/idProduct"
            echo "no driver: usb:$vendor:$product (at ${interface##*/})"
        done
        dmesg | sed -n -f /usr/lib/osie-build/driver-failures.sed | sort -u
    } >/run/osie/drivers
    while read -r line; do say "$line"; done </run/osie/drivers
}
