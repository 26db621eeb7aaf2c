package dev.osie.worker.action;

import dev.osie.worker.console.Console;

/**
 * What an action's container writes, on the console: {@code name | line} for its standard output, {@code name ! line} for its standard
 * error. Each stream may have a thread of its own.
 */
public final class ActionLines {
    private static final int EXCERPT = 200;

    private final LineSplitter standardOutput;
    private final LineSplitter standardError;
    private volatile String lastLine = "";
    private volatile String lastErrorLine = "";

    /** @param name what people call the action */
    public ActionLines(String name, Console console) {
        standardOutput = new LineSplitter(line -> {
            lastLine = line;
            console.line(name + " | " + line);
        });
        standardError = new LineSplitter(line -> {
            lastErrorLine = line;
            console.line(name + " ! " + line, true);
        });
    }

    public LineSplitter standardOutput() {
        return standardOutput;
    }

    public LineSplitter standardError() {
        return standardError;
    }

    /** How an action that ended with another exit code than 0 failed. */
    public Outcome failed(int code, String circumstance) {
        String words = lastWords();
        return Outcome.failed("exit code " + code + circumstance + (words.isEmpty() ? "" : ": " + words));
    }

    /** The last line of the standard error, else of the standard output: most programs say there why they failed. */
    private String lastWords() {
        String words = (lastErrorLine.isBlank() ? lastLine : lastErrorLine).strip();
        return words.length() <= EXCERPT ? words : words.substring(0, EXCERPT) + "…";
    }
}
