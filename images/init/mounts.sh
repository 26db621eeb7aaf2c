# Sourced by PID 1: the file systems a Linux userland expects. Sizes are limits, not reservations.
# shellcheck shell=sh

mount_everything() {
    mount -t tmpfs -o nosuid,nodev,mode=0755,size=25% tmpfs /run
    mount -t tmpfs -o nosuid,nodev,mode=1777,size=25% tmpfs /tmp
    # Images that actions bring along land in /var/lib/docker: it is the one that needs room.
    mount -t tmpfs -o nosuid,mode=0755,size=75% tmpfs /var
    mkdir -p /run/osie /run/lock /run/log/onboot /run/log/onshutdown /run/resolvconf \
        /var/cache /var/empty /var/lib /var/log /var/opt /var/spool /var/tmp
    chmod 1777 /var/tmp
    # Made before any service could bind its directory.
    mkdir -p /run/osie/power
    mkfifo -m 0600 /run/osie/power/request
    ln -s /run /var/run
    ln -s /run/lock /var/lock
    ln -s /run/log/onboot /var/log/onboot
    ln -s /run/log/onshutdown /var/log/onshutdown

    mkdir -p /dev/pts /dev/shm /dev/mqueue
    mount -t devpts -o nosuid,noexec,gid=5,mode=0620,ptmxmode=0666 devpts /dev/pts
    mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs /dev/shm
    mount -t mqueue -o nosuid,nodev,noexec mqueue /dev/mqueue
    ln -s /proc/self/fd /dev/fd
    ln -s fd/0 /dev/stdin
    ln -s fd/1 /dev/stdout
    ln -s fd/2 /dev/stderr

    mount -t cgroup2 -o nosuid,nodev,noexec,nsdelegate cgroup2 /sys/fs/cgroup
    # Controllers work in a container's cgroup only if every parent hands them down.
    read -r controllers </sys/fs/cgroup/cgroup.controllers
    for controller in $controllers; do
        echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control
    done
    # The first group below the root makes the kernel patch its own code (static keys of cpuset and memory), and the last one
    # that goes makes it patch back. An empty group that stays has that done once, now, while nothing else runs: emulators
    # have died of code that changed under a busy processor.
    mkdir /sys/fs/cgroup/init

    # What this kernel or this machine may not have.
    for optional in security:securityfs kernel/debug:debugfs kernel/tracing:tracefs fs/bpf:bpf fs/pstore:pstore \
        firmware/efi/efivars:efivarfs; do
        if [ -d "/sys/${optional%:*}" ]; then
            mount -t "${optional#*:}" -o nosuid,nodev,noexec "${optional#*:}" "/sys/${optional%:*}" 2>/dev/null
        fi
    done
    # Containers that ask for it (rshared binds) see later mounts of the host, and the other way round.
    mount --make-rshared /
}
