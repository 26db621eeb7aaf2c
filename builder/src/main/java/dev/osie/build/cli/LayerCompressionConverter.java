package dev.osie.build.cli;

import dev.osie.build.failure.BuildException;
import dev.osie.build.oci.LayerCompression;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads how the layers of an image are compressed. */
final class LayerCompressionConverter implements ITypeConverter<LayerCompression> {
    @Override
    public LayerCompression convert(String text) {
        try {
            return LayerCompression.parse(text);
        } catch (BuildException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
