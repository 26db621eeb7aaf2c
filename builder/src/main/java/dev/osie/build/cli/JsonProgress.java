package dev.osie.build.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.osie.build.progress.Progress;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Prints one JSON object a line for programs. {@code event} is {@code start}, {@code done}, {@code failed}, {@code info} or {@code
 * warning}; {@code step}, {@code totalBytes}, {@code bytes} and {@code message} come with those that have them.
 */
final class JsonProgress implements Progress {
    private final ObjectMapper json = new ObjectMapper();
    private final PrintWriter out;

    JsonProgress(PrintWriter out) {
        this.out = out;
    }

    @Override
    public Step start(String name, long totalBytes) {
        print("start", Map.of("step", name, "totalBytes", totalBytes));
        return new JsonStep(name);
    }

    @Override
    public void info(String line) {
        print("info", Map.of("message", line.strip()));
    }

    @Override
    public void warn(String line) {
        print("warning", Map.of("message", line.strip()));
    }

    private synchronized void print(String event, Map<String, Object> values) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("event", event);
        values.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(value -> object.put(value.getKey(), value.getValue()));
        try {
            out.println(json.writeValueAsString(object));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
        out.flush();
    }

    private final class JsonStep implements Step {
        private final String name;
        private long bytes;
        private boolean finished;

        JsonStep(String name) {
            this.name = name;
        }

        @Override
        public synchronized void advance(long more) {
            bytes += more;
        }

        @Override
        public synchronized void done(String summary) {
            finished = true;
            print("done", Map.of("step", name, "bytes", bytes, "message", summary));
        }

        @Override
        public synchronized void close() {
            if (!finished) {
                finished = true;
                print("failed", Map.of("step", name, "bytes", bytes));
            }
        }
    }
}
