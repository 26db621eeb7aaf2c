# Sourced by the script "attach" of a bundle, which the container runtime runs as a hook: the container's namespaces are there,
# its program doesn't run yet. Standard input is the container's state.
# shellcheck shell=sh

PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH

# The container's first process. The quotes of a value inside the state are escaped, so nothing else looks like this.
container=$(sed -n 's/.*"pid": *\([0-9][0-9]*\).*/\1/p')
[ -n "$container" ]

# await_interface NAME: one that another container had comes back shortly after that has ended.
await_interface() {
    rounds=50
    until [ -e "/sys/class/net/$1" ]; do
        rounds=$((rounds - 1))
        [ "$rounds" -gt 0 ] || { echo "there is no network interface $1" >&2; return 1; }
        usleep 100000
    done
}

# move_interface NAME: gives the container an interface of the machine.
move_interface() {
    await_interface "$1"
    ip link set "$1" netns "$container"
}

# add_interface NAME TYPE: makes one in the container's network namespace.
add_interface() {
    nsenter -t "$container" -n ip link add "$1" type "$2"
}

# add_interface_and_move NAME TYPE: makes one in the machine's. What it is made of, such as a tunnel's socket, stays there.
add_interface_and_move() {
    ip link add "$1" type "$2"
    ip link set "$1" netns "$container"
}

# add_veth NAME PEER: a pair, of which PEER stays. busybox can't name a peer, so it gets its name afterwards.
add_veth() {
    ip link add "$1" type veth
    read -r peer_index <"/sys/class/net/$1/iflink"
    for link in /sys/class/net/*; do
        read -r link_index <"$link/ifindex"
        [ "$link_index" != "$peer_index" ] || ip link set "${link##*/}" name "$2"
    done
    ip link set "$1" netns "$container"
}

# bind_namespace TYPE PATH: keeps a namespace of the container, under a name that other programs can join it by.
bind_namespace() {
    mkdir -p "${2%/*}/"
    : >>"$2"
    # The one of the container's last run, if it is started again.
    umount "$2" 2>/dev/null || :
    if [ "$1" = mnt ]; then
        # The kernel binds a mount namespace only where nobody else sees it.
        mount -o bind "$2" "$2"
        mount --make-private "$2"
    fi
    mount -o bind "/proc/$container/ns/$1" "$2"
}
