# Sourced by boot and shutdown: volumes, and containers that run once.
#
# A bundle is a directory /containers/SECTION/NAME with an OCI config.json and a script "prepare", generated at build time,
# which makes the mounts and directories that LinuxKit's runtime.json asks for.
# shellcheck shell=sh

# prepare_volumes: mounts the volumes that containers bind by name. What is written to them lives in memory.
prepare_volumes() {
    for volume in /containers/volumes/*/; do
        [ -d "$volume" ] || return 0
        volume=${volume%/}
        log=/run/log/onboot/volume-${volume##*/}.log
        "$volume/prepare" >"$log" 2>&1 || fail "volume-${volume##*/}" $? "$log"
    done
}

# run_in_order SECTION: each bundle of onboot or onshutdown, one after the other, by runc alone: containerd isn't needed yet,
# or no longer.
run_in_order() {
    for bundle in /containers/"$1"/*/; do
        [ -d "$bundle" ] || return 0
        bundle=${bundle%/}
        name=${bundle##*/}
        log=/run/log/$1/$name.log
        "$bundle/prepare" >>"$log" 2>&1 &&
            runc run --bundle "$bundle" "$name" >>"$log" 2>&1 </dev/null ||
            fail "$name" $? "$log"
        # What the container wrote is memory; what it mounted elsewhere stays.
        umount "$bundle/rootfs" 2>/dev/null
        umount "$bundle/tmp" 2>/dev/null
    done
}
