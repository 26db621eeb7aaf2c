package dev.osie.worker.containerd;

import java.util.List;
import java.util.Locale;

/** The numbers of signals (signal(7), for x86 and Arm). */
final class Signals {
    static final int KILL = 9;
    static final int TERM = 15;

    private static final int FIRST_REAL_TIME = 34;

    /** By their numbers, from 1. */
    private static final List<String> NAMES = List.of(
            "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
            "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
            "WINCH", "IO", "PWR", "SYS");

    private Signals() {}

    /** The signal of a number, or a name with or without SIG; SIGTERM for anything else. */
    static int number(String text) {
        String name = text.toUpperCase(Locale.ROOT);
        name = name.startsWith("SIG") ? name.substring("SIG".length()) : name;
        int place = NAMES.indexOf(name);
        if (place >= 0) {
            return place + 1;
        }
        try {
            int number = name.startsWith("RTMIN+")
                    ? FIRST_REAL_TIME + Integer.parseInt(name.substring("RTMIN+".length()))
                    : Integer.parseInt(name);
            return number > 0 && number <= 64 ? number : TERM;
        } catch (NumberFormatException e) {
            return TERM;
        }
    }
}
