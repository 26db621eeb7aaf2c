package dev.osie.worker;

import dev.osie.worker.console.Console;
import java.util.HashSet;
import java.util.Set;

/**
 * What keeps the worker from working, on the console. A trouble is said unless it was since the last time that all was well: a server
 * that is away for an hour is one line, not a thousand, and a network that fails in two ways by turns is two.
 */
final class Troubles {
    private static final String IDLE = "worker has nothing to do; asking on";

    /** Most different ones that are told in a row. */
    private static final int MOST = 8;

    private final Console console;
    private final Set<String> said = new HashSet<>();

    Troubles(Console console) {
        this.console = console;
    }

    void say(String line) {
        said.remove(IDLE);
        if (said.size() < MOST && said.add(line)) {
            console.line(line);
        }
    }

    /** All is well, and there is nothing to do. */
    void idle() {
        if (!said.contains(IDLE)) {
            said.clear();
            said.add(IDLE);
            console.line(IDLE);
        }
    }

    /** All is well, and there is something to do. */
    void over() {
        said.clear();
    }
}
