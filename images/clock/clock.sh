# Sourced by clock-set and clock-service: which servers there are, and one question to them.
# shellcheck shell=sh

# Words: HOST, or HOST:PORT for a server on a port of its own. What the kernel's command line says (ntp_servers=A,B) goes before
# what DHCP said (option 42), and that before what the flavor was built with.
servers() {
    given=$(tr ' ' '\n' </proc/cmdline | sed -n 's/^ntp_servers=//p' | tail -n 1 | tr ',' ' ')
    leased=$(cat /run/resolvconf/ntp/* 2>/dev/null | tr '\n' ' ')
    if [ -n "${given# }" ]; then
        echo "$given"
    elif [ -n "${leased# }" ]; then
        echo "$leased"
    else
        echo "$NTP_SERVERS"
    fi
}

# ask HOW SERVER: one SNTP question (RFC 5905), three seconds at most. "set" moves the clock, "slew" lets it drift into place.
# Prints how far off it was, in seconds. (By its path: busybox has an rdate of its own, which knows an older protocol.)
ask() {
    port=123
    host=$2
    case $host in
        *:*:*) ;;
        *:*)
            port=${host##*:}
            host=${host%:*}
            ;;
    esac
    if [ "$1" = slew ]; then slew=-a; else slew=; fi
    timeout 3 /usr/sbin/rdate -n -v $slew -o "$port" "$host" 2>&1 |
        sed -n 's/^rdate: adjust local clock by \(.*\) seconds.*/\1/p' | grep .
}

# mark_set, is_set: whether the clock has been set since the machine started. Only then is the rest worth slewing.
mark_set() {
    : >/run/clock/set
}

is_set() {
    [ -e /run/clock/set ]
}
