# Sourced by udev-settle and udev-service.
# shellcheck shell=sh

# trigger OPTIONS…: has udevd look at the devices that are there. Most have no driver to load and no name to get, and each costs
# some milliseconds. What speeds up ciphers (cpu) the kernel loads when a cipher is asked for.
trigger() {
    set -- "$@" --type=devices
    for subsystem in ata_device ata_link ata_port bdi clockevents cpu event_source input mem memory serial-base tty vc wakeup \
        workqueue; do
        set -- "$@" --subsystem-nomatch="$subsystem"
    done
    udevadm trigger "$@"
}
