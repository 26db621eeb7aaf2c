package dev.osie.worker.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.osie.worker.action.Action;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.nodes.Node;

/**
 * A workflow as a list of actions in YAML or JSON, with the keys that the file transport of Tinkerbell's agent has.
 *
 * @param name what messages call the workflow
 * @param digest of the file, {@code sha256:…}
 */
record WorkflowFile(String name, String digest, List<Action> actions) {
    private static final int LIMIT = 1024 * 1024;

    private static final List<String> KEYS = List.of(
            "args",
            "env",
            "id",
            "image",
            "name",
            "namespaces",
            "task_id",
            "timeoutSeconds",
            "volumes",
            "worker_id",
            "workflow_id");

    WorkflowFile {
        actions = List.copyOf(actions);
    }

    /** @param agent whose actions they are where the file doesn't say */
    static WorkflowFile read(Path file, String agent) throws WorkflowFileException {
        byte[] content = content(file);
        String text;
        try {
            text = UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
        } catch (CharacterCodingException e) {
            throw new WorkflowFileException(file + " is not in UTF-8");
        }
        String name = withoutSuffix(String.valueOf(file.getFileName()));
        return new WorkflowFile(
                name,
                "sha256:" + sha256(content),
                new Reader(new YamlDocument(file.toString()), name, agent).read(text));
    }

    private static byte[] content(Path file) throws WorkflowFileException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(LIMIT + 1);
            if (content.length > LIMIT) {
                throw new WorkflowFileException(file + " is larger than " + LIMIT / 1024 + " KiB");
            }
            return content;
        } catch (NoSuchFileException e) {
            throw new WorkflowFileException("there is no file " + file);
        } catch (IOException e) {
            throw new WorkflowFileException("can't read " + file + ": " + e.getMessage());
        }
    }

    private static String withoutSuffix(String name) {
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    private static String sha256(byte[] content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            String hex = new BigInteger(1, digest).toString(16);
            return "0".repeat(2 * digest.length - hex.length()) + hex;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Makes actions of the document's nodes. */
    private record Reader(YamlDocument document, String workflow, String agent) {
        List<Action> read(String text) throws WorkflowFileException {
            List<Action> actions = new ArrayList<>();
            for (Node node : document.list(document.parse(text), "a list of actions")) {
                actions.add(action(node, actions.size() + 1));
            }
            return actions;
        }

        private Action action(Node node, int number) throws WorkflowFileException {
            Map<String, Node> values = document.mapping(node, "an action: a mapping with name and image");
            checkKeys(values, KEYS);
            Map<String, Node> namespaces = values.containsKey("namespaces")
                    ? document.mapping(values.get("namespaces"), "a mapping with network or pid")
                    : Map.of();
            checkKeys(namespaces, List.of("network", "pid"));
            return new Action(
                    optional(values, "workflow_id", workflow),
                    optional(values, "task_id", workflow),
                    optional(values, "worker_id", agent),
                    optional(values, "id", Integer.toString(number)),
                    required(node, values, "name"),
                    required(node, values, "image"),
                    limit(values),
                    texts(values, "args"),
                    texts(values, "volumes"),
                    environment(values),
                    optional(namespaces, "pid", ""),
                    optional(namespaces, "network", ""));
        }

        private void checkKeys(Map<String, Node> values, List<String> known) throws WorkflowFileException {
            for (Map.Entry<String, Node> value : values.entrySet()) {
                if (!known.contains(value.getKey())) {
                    throw document.failure(
                            value.getValue(),
                            "unknown key '" + value.getKey() + "', expected one of " + String.join(", ", known));
                }
            }
        }

        private String required(Node node, Map<String, Node> values, String key) throws WorkflowFileException {
            String text = optional(values, key, "");
            if (text.isBlank()) {
                throw document.failure(node, "an action needs '" + key + "'");
            }
            return text;
        }

        private String optional(Map<String, Node> values, String key, String otherwise) throws WorkflowFileException {
            String text = values.containsKey(key) ? document.text(values.get(key), "one text for '" + key + "'") : "";
            return text.isEmpty() ? otherwise : text;
        }

        private List<String> texts(Map<String, Node> values, String key) throws WorkflowFileException {
            return values.containsKey(key)
                    ? document.texts(values.get(key), "a list of texts for '" + key + "'")
                    : List.of();
        }

        private List<String> environment(Map<String, Node> values) throws WorkflowFileException {
            List<String> environment = new ArrayList<>();
            if (values.containsKey("env")) {
                String what = "a list of mappings with key and value for 'env'";
                for (Node node : document.list(values.get("env"), what)) {
                    Map<String, Node> variable = document.mapping(node, what);
                    checkKeys(variable, List.of("key", "value"));
                    environment.add(required(node, variable, "key") + "=" + optional(variable, "value", ""));
                }
            }
            return environment;
        }

        private Optional<Duration> limit(Map<String, Node> values) throws WorkflowFileException {
            String text = optional(values, "timeoutSeconds", "0");
            try {
                int seconds = Integer.parseInt(text);
                if (seconds >= 0) {
                    return seconds == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds));
                }
            } catch (NumberFormatException e) {
                // Said below.
            }
            throw document.failure(
                    values.get("timeoutSeconds"),
                    "timeoutSeconds is '" + text + "', expected a whole number of seconds");
        }
    }
}
