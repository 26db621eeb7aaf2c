package dev.osie.build.cli;

import dev.osie.build.failure.BuildException;
import dev.osie.build.initramfs.Compression;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a compression setting. */
final class CompressionConverter implements ITypeConverter<Compression> {
    @Override
    public Compression convert(String text) {
        try {
            return Compression.parse(text);
        } catch (BuildException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
