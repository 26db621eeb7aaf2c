# Sourced by every script of the init: messages, time marks, kernel parameters.
# shellcheck shell=sh

PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH

# say WORDS…: one line for the machine's owner. The kernel's log is what reaches every console, and dmesg keeps it.
say() {
    echo "<5>osie-build: $*" >/dev/kmsg
}

# mark STEP: says when a step of the boot was reached, in seconds since the kernel started: "osie-build: onboot 12.34".
# Benchmarks read these lines from the console, so their form is fixed.
mark() {
    read -r mark_uptime _ </proc/uptime
    say "$1 $mark_uptime"
}

# fail NAME STATUS LOG: reports what could not be run, even to a console that "quiet" keeps silent; the boot goes on.
fail() {
    echo "$1 $2" >>/run/osie/failed
    echo "<3>osie-build: $1 failed with status $2; last lines of $3:" >/dev/kmsg
    show_end "$3"
}

# show_end LOG: its last lines, on every console.
show_end() {
    tail -n 5 "$1" | while IFS= read -r end_line; do
        echo "<3>osie-build:     $end_line" >/dev/kmsg
    done
}

# parameter NAME: prints the value of NAME=value on the kernel's command line; the last one wins, as in the kernel.
parameter() {
    tr ' ' '\n' </proc/cmdline | sed -n "s/^$1=//p" | tail -n 1
}

is_mounted() {
    grep -q " $1 " /proc/mounts
}

# wait_for_end SECONDS PID…: waits until none of them runs; false if some still do after SECONDS.
wait_for_end() {
    rounds=$(($1 * 20))
    shift
    for pid in "$@"; do
        while [ -d "/proc/$pid" ]; do
            [ "$rounds" -gt 0 ] || return 1
            rounds=$((rounds - 1))
            usleep 50000
        done
    done
}
