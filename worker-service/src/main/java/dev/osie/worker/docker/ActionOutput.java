package dev.osie.worker.docker;

import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import dev.osie.worker.action.ActionLines;

/** What Docker sends of a container's output. */
final class ActionOutput extends StreamedAnswer<Frame> {
    private final ActionLines lines;

    ActionOutput(ActionLines lines) {
        this.lines = lines;
    }

    @Override
    public void onNext(Frame frame) {
        (frame.getStreamType() == StreamType.STDERR ? lines.standardError() : lines.standardOutput())
                .write(frame.getPayload());
    }

    @Override
    protected void last() {
        lines.standardOutput().end();
        lines.standardError().end();
    }
}
