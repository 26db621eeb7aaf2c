package dev.osie.build.cli;

import dev.osie.build.artifact.Format;
import dev.osie.build.failure.BuildException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an output format. */
final class FormatConverter implements ITypeConverter<Format> {
    @Override
    public Format convert(String text) {
        try {
            return Format.parse(text);
        } catch (BuildException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
