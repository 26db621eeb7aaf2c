package dev.osie.build.cli;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What {@code --arch} says: one architecture by any of its names, or {@code all}. */
record Architectures(SortedSet<Architecture> all) {
    private static final String ALL = "all";

    Architectures {
        all = Collections.unmodifiableSortedSet(new TreeSet<>(all));
    }

    /** The architecture, for what is done for one at a time. */
    Architecture one() {
        if (all.size() > 1) {
            throw badInput("--arch all: only the verbs build and lock take all of them; name one: x86_64 or aarch64");
        }
        return all.first();
    }

    /** Reads the option. */
    static final class Converter implements ITypeConverter<Architectures> {
        @Override
        public Architectures convert(String text) {
            if (text.equals(ALL)) {
                return new Architectures(new TreeSet<>(List.of(Architecture.values())));
            }
            try {
                return new Architectures(new TreeSet<>(List.of(Architecture.parse(text))));
            } catch (BuildException e) {
                throw new TypeConversionException(e.getMessage() + ", or " + ALL);
            }
        }
    }
}
