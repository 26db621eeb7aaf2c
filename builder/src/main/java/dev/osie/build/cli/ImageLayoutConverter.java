package dev.osie.build.cli;

import dev.osie.build.failure.BuildException;
import dev.osie.build.runtime.ImageLayout;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads how the trees of images lie. */
final class ImageLayoutConverter implements ITypeConverter<ImageLayout> {
    @Override
    public ImageLayout convert(String text) {
        try {
            return ImageLayout.parse(text);
        } catch (BuildException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
