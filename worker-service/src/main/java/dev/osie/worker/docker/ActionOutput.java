package dev.osie.worker.docker;

import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import dev.osie.worker.console.Console;

/**
 * What a container writes, on the console: {@code name | line} for its standard output, {@code name ! line} for its standard error.
 */
final class ActionOutput extends StreamedAnswer<Frame> {
    private static final int EXCERPT = 200;

    private final LineSplitter standardOutput;
    private final LineSplitter standardError;
    private volatile String lastLine = "";
    private volatile String lastErrorLine = "";

    ActionOutput(String name, Console console) {
        standardOutput = new LineSplitter(line -> {
            lastLine = line;
            console.line(name + " | " + line);
        });
        standardError = new LineSplitter(line -> {
            lastErrorLine = line;
            console.line(name + " ! " + line, true);
        });
    }

    @Override
    public void onNext(Frame frame) {
        (frame.getStreamType() == StreamType.STDERR ? standardError : standardOutput).write(frame.getPayload());
    }

    @Override
    protected void last() {
        standardOutput.end();
        standardError.end();
    }

    /** The last line of the standard error, else of the standard output: most programs say there why they failed. */
    String lastWords() {
        String words = (lastErrorLine.isBlank() ? lastLine : lastErrorLine).strip();
        return words.length() <= EXCERPT ? words : words.substring(0, EXCERPT) + "…";
    }
}
