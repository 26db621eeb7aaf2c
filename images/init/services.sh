# Sourced by boot, shutdown, service and supervise: containers that keep running.
#
# Each service has a process "supervise" of its own. What it knows is in files of /run/osie/services/NAME, for whoever asks:
# state, pid of the supervisor, "tried" after the first start, and "settled" once those that come after it need not wait.
# shellcheck shell=sh

services=/run/osie/services

# service_namespace NAME: the containerd namespace of a service.
service_namespace() {
    if [ -r "/containers/services/$1/namespace" ]; then
        cat "/containers/services/$1/namespace"
    else
        echo services.linuxkit
    fi
}

# service_pid_file NAME: where its shim writes down the PID of its first process, once it is started.
service_pid_file() {
    echo "/run/containerd/io.containerd.runtime.v2.task/$(service_namespace "$1")/$1/init.pid"
}

prepare_service() {
    is_mounted "/containers/services/$1/rootfs" && return
    "/containers/services/$1/prepare" >>"/var/log/$1.log" 2>&1 || fail "$1" $? "/var/log/$1.log"
}

# now: sets "now" to hundredths of a second since the kernel started. No process is made: the processors are busy enough.
now() {
    read -r now _ </proc/uptime
    # The 1 keeps 08 from being an octal number.
    now=$((${now%.*} * 100 + 1${now#*.} - 100))
}

# pause HUNDREDTHS: as sleep does, without making a process. Nobody writes to that FIFO.
pause() {
    read -r -t "$(($1 / 100)).$(($1 / 10 % 10))" _ <>/run/osie/pause
}

start_services() {
    [ -d /containers/services ] || return 0
    mkfifo /run/osie/pause
    for bundle in /containers/services/*/; do
        bundle=${bundle%/}
        mkdir -p "$services/${bundle##*/}"
        prepare_service "${bundle##*/}"
    done
    until [ -S /run/containerd/containerd.sock ]; do
        pause 10
    done
    mark containerd
    supervise_all is_first
    # Ten seconds at most, should containerd hang with one of them.
    rounds=100
    for state in "$services"/*/; do
        state=${state%/}
        is_first "${state##*/}" || continue
        until [ -e "$state/tried" ] || [ "$rounds" = 0 ]; do
            rounds=$((rounds - 1))
            pause 10
        done
    done
    supervise_all is_not_first
    for state in "$services"/*/; do
        until [ -e "$state/tried" ]; do
            pause 20
        done
    done
    mark services
}

# is_first NAME: whether the others are started only when this one has been, which a file of its name in /etc/osie-build/first.d asks
# for. One that comes after another itself can't be first: the file "supervision" begins with that.
is_first() {
    [ -e "/etc/osie-build/first.d/$1" ] || return 1
    supervision=
    [ ! -r "/containers/services/$1/supervision" ] || read -r supervision <"/containers/services/$1/supervision"
    case $supervision in after=*) return 1 ;; esac
}

is_not_first() {
    ! is_first "$1"
}

# supervise_all CONDITION: starts the services it holds for.
supervise_all() {
    for bundle in /containers/services/*/; do
        bundle=${bundle%/}
        "$1" "${bundle##*/}" || continue
        /usr/lib/osie-build/supervise "${bundle##*/}" &
    done
}

# stop_supervisors: from now on nothing is started again.
stop_supervisors() {
    for file in "$services"/*/supervisor; do
        [ -r "$file" ] && read -r supervisor <"$file" && kill "$supervisor" 2>/dev/null
    done
}

# services_to_stop: "RANK NAME PID-FILE" of each that runs: those that come after others first, and then in the reverse of the
# order of their names.
services_to_stop() {
    for file in /run/containerd/io.containerd.runtime.v2.task/*/*/init.pid; do
        [ -r "$file" ] || return 0
        service=${file%/init.pid}
        service=${service##*/}
        rank=$(sed -n 's/^rank=//p' "/containers/services/$service/supervision" 2>/dev/null)
        echo "${rank:-0} $service $file"
    done | sort -k 1,1nr -k 2,2r
}
