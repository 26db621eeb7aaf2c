# What the kernel's log says of drivers and firmware, as lines of /run/osie/drivers.
s/^\[[ 0-9.]*\] //

# A driver that took a device and gave up: linux 6.10 and later, and before.
s/^.* \([^ ]*\): probe with driver \([^ ]*\) failed with error \(-[0-9]*\).*/failed driver: \2 (at \1, error \3)/p
s/^\([^ ]*\): probe of \([^ ]*\) failed with error \(-[0-9]*\).*/failed driver: \1 (at \2, error \3)/p

# A module that the kernel refused.
s/^\([^ ]*\): Unknown symbol \([^ ]*\).*/failed driver: \1 (unknown symbol \2)/p
s/^\([^ ]*\): disagrees about version of symbol \([^ ]*\).*/failed driver: \1 (another version of symbol \2)/p
s/^\([^ ]*\): version magic .* should be .*/failed driver: \1 (made for another kernel)/p
s/^Loading of \(.*\) is rejected.*/failed driver: \1 (refused)/p

# Firmware: of the kernel itself, and of Debian's.
s/.*irect firmware load for \([^ ]*\) failed.*/no firmware: \1/p
s/.*firmware: failed to load \([^ ]*\).*/no firmware: \1/p
