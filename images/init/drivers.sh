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

# Disks that a controller finds slowly, and what is plugged in while the machine runs. The kernel's events come by netlink;
# busybox' uevent runs one program for each. What came between load_drivers and this is caught by looking once more.
watch_devices() {
    uevent /usr/lib/osie-build/device-event >/dev/null 2>&1 &
    load_drivers
}
