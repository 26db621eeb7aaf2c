package dev.osie.build.cli;

import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** One architecture, or all of them. */
final class ArchitecturesOption {
    private static final String ALL = "all";

    @Option(
            names = "--arch",
            paramLabel = "ARCH",
            defaultValue = "x86_64",
            description = "x86_64 (or amd64), aarch64 (or arm64), or all. Default: ${DEFAULT-VALUE}.",
            converter = Converter.class)
    private Choice choice;

    /** Whether the answer was all, which another release may have more of. */
    boolean areAll() {
        return choice.all();
    }

    List<Architecture> architectures() {
        return choice.architectures();
    }

    /** What was chosen. */
    private record Choice(boolean all, List<Architecture> architectures) {}

    private static final class Converter implements ITypeConverter<Choice> {
        @Override
        public Choice convert(String name) {
            if (name.equals(ALL)) {
                return new Choice(true, List.of(Architecture.values()));
            }
            try {
                return new Choice(false, List.of(Architecture.parse(name)));
            } catch (BuildException e) {
                throw new TypeConversionException(e.getMessage() + ", or " + ALL);
            }
        }
    }
}
