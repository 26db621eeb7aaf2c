# Sourced by boot and shutdown: volumes, and containers that run once.
#
# A bundle is a directory /containers/SECTION/NAME with an OCI config.json and scripts that are generated at build time:
# "prepare" makes the mounts and directories that LinuxKit's runtime.json asks for, "attach", if it is there, gives the created
# container its network interfaces and binds its namespaces.
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

# runc_bundle BUNDLE: the directory whose config.json runc reads: the bundle itself, or, when the container gets interfaces or
# its namespaces are bound, one with the configuration that has a hook for it.
runc_bundle() {
    if [ -f "$1/hooked.json" ]; then
        mkdir -p "/run/osie/bundles/${1##*/}"
        cp "$1/hooked.json" "/run/osie/bundles/${1##*/}/config.json"
        echo "/run/osie/bundles/${1##*/}"
    else
        echo "$1"
    fi
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
            runc run --bundle "$(runc_bundle "$bundle")" "$name" >>"$log" 2>&1 </dev/null ||
            fail "$name" $? "$log"
        # What the container wrote is memory; what it mounted elsewhere stays.
        umount "$bundle/rootfs" 2>/dev/null
        umount "$bundle/tmp" 2>/dev/null
    done
}
