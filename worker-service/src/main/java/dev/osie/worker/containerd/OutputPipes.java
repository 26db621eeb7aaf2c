package dev.osie.worker.containerd;

import dev.osie.worker.action.ActionFailure;
import dev.osie.worker.action.ActionLines;
import java.util.Map;
import java.util.Optional;

/** The two streams of a container's output. */
record OutputPipes(OutputPipe standardOutput, OutputPipe standardError) implements AutoCloseable {
    private static final String STANDARD_OUTPUT = "dev.osie.worker.stdout";
    private static final String STANDARD_ERROR = "dev.osie.worker.stderr";

    static OutputPipes open() throws ActionFailure {
        OutputPipe standardOutput = OutputPipe.open();
        try {
            return new OutputPipes(standardOutput, OutputPipe.open());
        } catch (ActionFailure e) {
            standardOutput.close();
            throw e;
        }
    }

    /**
     * Opens those of a container that an earlier life of this process started.
     *
     * @param labels the container's
     * @return empty when they are not both to be had
     */
    static Optional<OutputPipes> opened(String container, Map<String, String> labels) {
        Optional<ProcessPipes> shim = ProcessPipes.ofShim(container);
        if (shim.isEmpty()) {
            return Optional.empty();
        }
        Optional<OutputPipe> standardOutput = OutputPipe.opened(labels.getOrDefault(STANDARD_OUTPUT, ""), shim.get());
        Optional<OutputPipe> standardError = OutputPipe.opened(labels.getOrDefault(STANDARD_ERROR, ""), shim.get());
        if (standardOutput.isPresent() && standardError.isPresent()) {
            return Optional.of(new OutputPipes(standardOutput.get(), standardError.get()));
        }
        standardOutput.ifPresent(OutputPipe::close);
        standardError.ifPresent(OutputPipe::close);
        return Optional.empty();
    }

    /** By which a later life of this process finds them. */
    Map<String, String> labels() {
        return Map.of(STANDARD_OUTPUT, standardOutput.name(), STANDARD_ERROR, standardError.name());
    }

    /** From now on, what is written to them becomes lines. */
    void readTo(ActionLines lines) {
        standardOutput.readTo(lines.standardOutput());
        standardError.readTo(lines.standardError());
    }

    @Override
    public void close() {
        standardOutput.close();
        standardError.close();
    }
}
