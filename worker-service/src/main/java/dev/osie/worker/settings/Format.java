package dev.osie.worker.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the text of a setting has to look like, and what it means. No lambdas: the first one costs a start more than all of these. */
abstract class Format<T> {
    /** The spellings that Go's strconv.ParseBool takes, as the agent has always taken them. */
    static final Format<Boolean> TRUTH = new Format<>("true or false") {
        @Override
        Optional<Boolean> read(String text) {
            return switch (text) {
                case "1", "t", "T", "true", "TRUE", "True" -> Optional.of(true);
                case "0", "f", "F", "false", "FALSE", "False" -> Optional.of(false);
                default -> Optional.empty();
            };
        }
    };

    static final Format<Authority> AUTHORITY = new Format<>("HOST:PORT") {
        @Override
        Optional<Authority> read(String text) {
            return Authority.parse(text);
        }
    };

    static final Format<String> HOST = new Format<>("a name or an address without port") {
        @Override
        Optional<String> read(String text) {
            return Authority.host(text);
        }
    };

    static final Format<Integer> PORT = new Format<>("a number from 1 to 65535") {
        @Override
        Optional<Integer> read(String text) {
            return Authority.port(text);
        }
    };

    /** A variable that the boot loader left as it is, such as ${mac}, would make all machines one worker. */
    static final Format<String> ID = new Format<>("a name without blanks, $ and braces, of at most 253 characters") {
        @Override
        Optional<String> read(String text) {
            return isOneOf(text, 253, "!#%&()*+,-./:;<=>?@[]^_|~") ? Optional.of(text) : Optional.empty();
        }
    };

    static final Format<String> MAC = new Format<>("a MAC address such as 02:42:ac:11:00:02") {
        @Override
        Optional<String> read(String text) {
            // An InfiniBand address is longer.
            boolean right = text.length() >= 17 && text.length() % 3 == 2;
            for (int i = 0; right && i < text.length(); i++) {
                right = i % 3 == 2 ? ":-".indexOf(text.charAt(i)) >= 0 : Character.digit(text.charAt(i), 16) >= 0;
            }
            return right ? Optional.of(text) : Optional.empty();
        }
    };

    static final Format<String> REGISTRY = new Format<>("HOST, HOST:PORT or HOST/PATH, without https://") {
        @Override
        Optional<String> read(String text) {
            boolean right = isOneOf(text, 255, ".-_:/[]") && !text.contains("//") && !text.startsWith("/");
            return right
                    ? Optional.of(text.endsWith("/") ? text.substring(0, text.length() - 1) : text)
                    : Optional.empty();
        }
    };

    static final Format<String> ANY = new Format<>("a text") {
        @Override
        Optional<String> read(String text) {
            return Optional.of(text);
        }
    };

    static final Format<String> SOCKET = new Format<>("unix:///PATH") {
        @Override
        Optional<String> read(String text) {
            String path = text.startsWith("unix://") ? text.substring("unix://".length()) : text;
            // What the kernel takes for a socket is 107 bytes.
            return path.startsWith("/") && path.length() < 108 ? Optional.of(path) : Optional.empty();
        }
    };

    static final Format<Protocol> PROTOCOL = new Format<>("auto, action or stream") {
        @Override
        Optional<Protocol> read(String text) {
            for (Protocol protocol : Protocol.values()) {
                if (protocol.word().equals(text)) {
                    return Optional.of(protocol);
                }
            }
            return Optional.empty();
        }
    };

    /** In the words of {@code docker run --pull}; Docker's other word for the second is taken as well. */
    static final Format<PullPolicy> PULL_POLICY = new Format<>("always, missing or never") {
        @Override
        Optional<PullPolicy> read(String text) {
            for (PullPolicy policy : PullPolicy.values()) {
                if (policy.word().equals(text)) {
                    return Optional.of(policy);
                }
            }
            return text.equals("if-not-present") ? Optional.of(PullPolicy.MISSING) : Optional.empty();
        }
    };

    static final Format<List<RegistryMirror>> MIRRORS = new Format<>("[REGISTRY=]HOST[:PORT][/PATH],…") {
        @Override
        Optional<List<RegistryMirror>> read(String text) {
            return RegistryMirror.parse(text);
        }
    };

    static final Format<HttpProxy> PROXY = new Format<>("http://[USER:PASSWORD@]HOST[:PORT]") {
        @Override
        Optional<HttpProxy> read(String text) {
            return HttpProxy.parse(text);
        }
    };

    static final Format<ProxyExceptions> PROXY_EXCEPTIONS =
            new Format<>("hosts, domains, addresses and networks with commas") {
                @Override
                Optional<ProxyExceptions> read(String text) {
                    return ProxyExceptions.parse(text);
                }
            };

    /** No image for the word none. */
    static final Format<Optional<String>> IMAGE_OR_NONE = new Format<>("the name of an image, or none") {
        @Override
        Optional<Optional<String>> read(String text) {
            if (text.equals("none")) {
                return Optional.of(Optional.empty());
            }
            boolean right = isOneOf(text, 512, ".-_:/@[]") && !text.contains("//") && !text.endsWith("/");
            return right ? Optional.of(Optional.of(text)) : Optional.empty();
        }
    };

    /** Whether it is a file. */
    static final Format<Boolean> TRANSPORT = new Format<>("grpc or file") {
        @Override
        Optional<Boolean> read(String text) {
            return text.equals("grpc") || text.equals("file") ? Optional.of(text.equals("file")) : Optional.empty();
        }
    };

    /** Whether it is containerd. */
    static final Format<Boolean> RUNTIME = new Format<>("docker or containerd") {
        @Override
        Optional<Boolean> read(String text) {
            return text.equals("docker") || text.equals("containerd")
                    ? Optional.of(text.equals("containerd"))
                    : Optional.empty();
        }
    };

    static final Format<String> NAMESPACE = new Format<>("a name of letters, digits and dashes") {
        @Override
        Optional<String> read(String text) {
            boolean right = isOneOf(text, 76, "-._")
                    && Character.isLetterOrDigit(text.charAt(0))
                    && Character.isLetterOrDigit(text.charAt(text.length() - 1));
            return right ? Optional.of(text) : Optional.empty();
        }
    };

    static final Format<List<URI>> MIRROR_ADDRESSES =
            new Format<>("http://HOST or https://HOST, several with commas between") {
                @Override
                Optional<List<URI>> read(String text) {
                    List<URI> mirrors = new ArrayList<>();
                    for (String part : text.split(",")) {
                        String mirror = part.endsWith("/") ? part.substring(0, part.length() - 1) : part;
                        try {
                            URI uri = new URI(mirror);
                            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
                            if (!web || uri.getHost() == null || uri.getQuery() != null || uri.getUserInfo() != null) {
                                return Optional.empty();
                            }
                            mirrors.add(uri);
                        } catch (URISyntaxException e) {
                            return Optional.empty();
                        }
                    }
                    return Optional.of(List.copyOf(mirrors));
                }
            };

    static final Format<List<String>> REGISTRIES = new Format<>("HOST or HOST:PORT, several with commas between") {
        @Override
        Optional<List<String>> read(String text) {
            List<String> registries = List.of(text.split(","));
            for (String registry : registries) {
                if (!isOneOf(registry, 255, ".-_:[]")) {
                    return Optional.empty();
                }
            }
            return Optional.of(registries);
        }
    };

    static final Format<Path> PATH = new Format<>("the whole path of a file") {
        @Override
        Optional<Path> read(String text) {
            return path(text);
        }
    };

    /** No path for the word none. */
    static final Format<Optional<Path>> PATH_OR_NONE = new Format<>("the whole path of a file, or none") {
        @Override
        Optional<Optional<Path>> read(String text) {
            Optional<Path> path = path(text);
            return path.isPresent() || text.equals("none") ? Optional.of(path) : Optional.empty();
        }
    };

    private final String expected;

    private Format(String expected) {
        this.expected = expected;
    }

    /** What is expected, for people. */
    String expected() {
        return expected;
    }

    /** Empty for a text that isn't in this format. */
    abstract Optional<T> read(String text);

    private static Optional<Path> path(String text) {
        try {
            return text.startsWith("/") && !text.endsWith("/") ? Optional.of(Path.of(text)) : Optional.empty();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** Whether a text has only letters and digits of ASCII and these others. */
    private static boolean isOneOf(String text, int limit, String others) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!plain && others.indexOf(c) < 0) {
                return false;
            }
        }
        return !text.isEmpty() && text.length() <= limit;
    }
}
