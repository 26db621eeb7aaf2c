package dev.osie.build.store;

import java.util.Collection;

/**
 * The identity of a step's inputs: two steps with equal keys have equal results. A key is built from named values in a fixed order;
 * the version rises whenever the code of the step changes what it makes of the same inputs.
 */
public final class StepKey {
    private final String step;
    private final StringBuilder text;

    private StepKey(String step, int version) {
        this.step = step;
        this.text = new StringBuilder(step).append(' ').append(version).append('\n');
    }

    public static StepKey of(String step, int version) {
        return new StepKey(step, version);
    }

    /** Adds a value; its {@code toString} must hold everything that matters. */
    public StepKey with(String name, Object value) {
        String rendered = value.toString();
        // The length makes the rendering unambiguous whatever the value contains.
        text.append(name)
                .append(' ')
                .append(rendered.length())
                .append(' ')
                .append(rendered)
                .append('\n');
        return this;
    }

    /** Adds each value in the collection's own order. */
    public StepKey withAll(String name, Collection<?> values) {
        with(name, values.size());
        values.forEach(value -> with(name, value));
        return this;
    }

    Digest digest() {
        return Digest.ofText(text.toString());
    }

    /** The step's name, for messages. */
    @Override
    public String toString() {
        return step;
    }
}
