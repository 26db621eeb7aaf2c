package dev.osie.worker.workflow;

import dev.osie.worker.action.Outcome;
import dev.osie.worker.console.Console;
import java.time.Duration;
import java.util.Optional;

/**
 * Finds out which protocol the server speaks, by asking in the other one when it doesn't know the question; again when the server is
 * replaced by one that speaks the other. A report always goes in the protocol that its action came in. A server of the other kind
 * can't take it for one of its own: what it reads as the names of task and action are ids, the state is no state, and some of it
 * can't be read at all, which is answered like a fault of the server.
 */
public final class ProbingTransport implements Transport {
    private final Transport unary;
    private final StreamTransport stream;
    private final Console console;
    private Transport current;

    /** @param unary the one to begin with */
    public ProbingTransport(Transport unary, StreamTransport stream, Console console) {
        this.unary = unary;
        this.stream = stream;
        this.console = console;
        this.current = unary;
    }

    @Override
    public Answer next() {
        Answer answer = current.next();
        if (!(answer instanceof Answer.Unknown unknown)) {
            return answer;
        }
        Transport other = current == unary ? stream : unary;
        Answer second = other.next();
        if (second instanceof Answer.Unknown) {
            return new Answer.Failure("can't ask the server: it speaks neither workflow protocol: " + unknown.reason());
        }
        current = other;
        console.line(
                current == unary
                        ? "worker asks for actions: the server speaks the current protocol"
                        : "worker asks for workflows: the server speaks the older protocol");
        return second;
    }

    @Override
    public Receipt reportRunning(Execution execution) {
        return current.reportRunning(execution);
    }

    @Override
    public Receipt report(Execution execution, Duration took, Outcome outcome) {
        Receipt receipt = current.report(execution, took, outcome);
        if (receipt instanceof Receipt.Unanswered && isOfTheOther()) {
            return new Receipt.Refused("it was replaced by one that speaks another protocol");
        }
        return receipt;
    }

    private boolean isOfTheOther() {
        Optional<Boolean> older = stream.isSpoken();
        return older.isPresent() && older.get() != (current == stream);
    }

    @Override
    public void close() {
        unary.close();
        stream.close();
    }
}
