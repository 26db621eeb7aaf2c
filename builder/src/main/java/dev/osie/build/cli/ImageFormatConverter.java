package dev.osie.build.cli;

import dev.osie.build.artifact.ImageFormat;
import dev.osie.build.failure.BuildException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a format of exported images. */
final class ImageFormatConverter implements ITypeConverter<ImageFormat> {
    @Override
    public ImageFormat convert(String text) {
        try {
            return ImageFormat.parse(text);
        } catch (BuildException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
