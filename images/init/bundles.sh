# Sourced by boot, shutdown and service: containers that run once, and containers that keep running.
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

# service_namespace NAME: the containerd namespace of a service.
service_namespace() {
    if [ -r "/containers/services/$1/namespace" ]; then
        cat "/containers/services/$1/namespace"
    else
        echo services.linuxkit
    fi
}

# create_service NAME: makes a service known to containerd, whose restart monitor starts it: at once, and again whenever it
# ends. (Were it started here too, the monitor could come in between, and both would fail.)
create_service() {
    log=/var/log/$1.log
    ctr --namespace "$(service_namespace "$1")" containers create \
        --config "/containers/services/$1/containerd.json" \
        --label containerd.io/restart.status=running \
        --label "containerd.io/restart.loguri=file://$log" \
        "$1" >>"$log" 2>&1 || fail "$1" $? "$log"
}

# service_pid_file NAME: where its shim writes down the PID of its first process, once it is started.
service_pid_file() {
    echo "/run/containerd/io.containerd.runtime.v2.task/$(service_namespace "$1")/$1/init.pid"
}

# await_service NAME: until it is started, two minutes at most; containerd's log has the reason if it isn't.
await_service() {
    pid_file=$(service_pid_file "$1")
    rounds=600
    # Nothing but the pause makes a process here: the processors are busy enough.
    until [ -s "$pid_file" ]; do
        rounds=$((rounds - 1))
        [ "$rounds" -gt 0 ] || { fail "$1" 1 /var/log/containerd.log; return; }
        usleep 200000
    done
}

prepare_service() {
    is_mounted "/containers/services/$1/rootfs" && return
    "/containers/services/$1/prepare" >>"/var/log/$1.log" 2>&1 || fail "$1" $? "/var/log/$1.log"
}

start_services() {
    [ -d /containers/services ] || return 0
    for bundle in /containers/services/*/; do
        bundle=${bundle%/}
        prepare_service "${bundle##*/}"
    done
    until [ -S /run/containerd/containerd.sock ]; do
        usleep 50000
    done
    mark containerd
    for bundle in /containers/services/*/; do
        bundle=${bundle%/}
        create_service "${bundle##*/}" &
    done
    for bundle in /containers/services/*/; do
        bundle=${bundle%/}
        await_service "${bundle##*/}"
    done
    mark services
}
