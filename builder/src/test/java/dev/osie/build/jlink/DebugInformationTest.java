package dev.osie.build.jlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.osie.build.failure.BuildException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class DebugInformationTest {
    /** Has fields with constants, lambdas, exception handlers, a record and annotations, each with attributes of its own. */
    public static final class Sample implements Function<String, String> {
        private static final long CONSTANT = 1L << 40;

        @Deprecated
        record Pair<T>(T left, int right) {}

        @Override
        public String apply(String text) {
            try {
                Function<Integer, Pair<String>> pair = number -> new Pair<>(text, Integer.parseInt(text) + number);
                return pair.apply(1) + " " + CONSTANT;
            } catch (NumberFormatException e) {
                return "line "
                        + Arrays.stream(e.getStackTrace())
                                .filter(frame ->
                                        frame.getClassName().equals(getClass().getName()))
                                .findFirst()
                                .orElseThrow()
                                .getLineNumber();
            }
        }
    }

    @Test
    void leavesAClassThatWorksWithoutLineNumbers() throws Exception {
        byte[] original = classFile(Sample.class);
        byte[] stripped = DebugInformation.strip(original);
        Function<String, String> sample = load(stripped);

        assertThat(stripped.length).isLessThan(original.length);
        assertThat(sample.apply("5")).isEqualTo(new Sample().apply("5"));
        assertThat(sample.apply("x")).isEqualTo("line -1");
        assertThat(new Sample().apply("x")).isNotEqualTo("line -1");
    }

    @Test
    void changesNothingTheSecondTime() throws IOException {
        byte[] stripped = DebugInformation.strip(classFile(Sample.class));

        assertThat(DebugInformation.strip(stripped)).isEqualTo(stripped);
    }

    @Test
    void refusesWhatIsNotAClass() throws IOException {
        byte[] truncated = Arrays.copyOf(classFile(Sample.class), 300);

        assertThatThrownBy(() -> DebugInformation.strip(new byte[40]))
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("not a class file");
        assertThatThrownBy(() -> DebugInformation.strip(truncated)).isInstanceOf(BuildException.class);
    }

    private static byte[] classFile(Class<?> type) throws IOException {
        String name = type.getName().replace('.', '/') + ".class";
        try (InputStream in = type.getClassLoader().getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }

    @SuppressWarnings("unchecked")
    private static Function<String, String> load(byte[] sample) throws Exception {
        ClassLoader loader = new ClassLoader(DebugInformationTest.class.getClassLoader()) {
            @Override
            protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                if (name.startsWith(Sample.class.getName())) {
                    Class<?> loaded = findLoadedClass(name);
                    return loaded == null ? define(name) : loaded;
                }
                return super.loadClass(name, resolve);
            }

            private Class<?> define(String name) throws ClassNotFoundException {
                try {
                    byte[] bytes = name.equals(Sample.class.getName())
                            ? sample
                            : DebugInformation.strip(classFile(Class.forName(name)));
                    return defineClass(name, bytes, 0, bytes.length);
                } catch (IOException e) {
                    throw new ClassNotFoundException(name, e);
                }
            }
        };
        return (Function<String, String>) loader.loadClass(Sample.class.getName())
                .getDeclaredConstructor()
                .newInstance();
    }
}
