package dev.osie.worker.action;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * What is written on an action's container, so that people and a later life of the worker know whose it is.
 *
 * <p>The definition is the SHA-256 of all that makes the container what it is: two containers with one definition do the same work.
 */
public final class ActionLabels {
    /** {@code <namespace>/<name>} of the workflow. */
    public static final String WORKFLOW = "dev.osie.worker.workflow";

    /** Id of the action. */
    public static final String ACTION = "dev.osie.worker.action";

    /** Id of the worker that the action is for. */
    public static final String WORKER = "dev.osie.worker.id";

    /** What the action is, as 64 hexadecimal digits. */
    public static final String DEFINITION = "dev.osie.worker.definition";

    private ActionLabels() {}

    /** The labels of an action's container. */
    public static Map<String, String> of(Action action) {
        return Map.of(
                WORKFLOW,
                action.workflow(),
                ACTION,
                action.id(),
                WORKER,
                action.agent(),
                DEFINITION,
                definition(action));
    }

    private static String definition(Action action) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            list(
                    out,
                    List.of(
                            action.workflow(),
                            action.task(),
                            action.agent(),
                            action.id(),
                            action.name(),
                            action.image(),
                            action.pidNamespace(),
                            action.networkNamespace()));
            list(out, action.command());
            list(out, action.volumes());
            list(out, action.environment());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray()));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    /** With lengths before, so that no two actions look alike. */
    private static void list(DataOutputStream out, List<String> texts) throws IOException {
        out.writeInt(texts.size());
        for (String text : texts) {
            byte[] bytes = text.getBytes(UTF_8);
            out.writeInt(bytes.length);
            out.write(bytes);
        }
    }
}
