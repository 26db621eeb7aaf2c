package dev.osie.build.cli;

import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an architecture by any of its names. */
final class ArchitectureConverter implements ITypeConverter<Architecture> {
    @Override
    public Architecture convert(String name) {
        try {
            return Architecture.parse(name);
        } catch (BuildException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
