package dev.osie.build.jlink;

import static dev.osie.build.failure.BuildException.badInput;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The texts of a class file's constant pool, and the constants that are names (Java virtual machine specification, 4.4).
 *
 * @param texts by index; null where the constant is no text
 * @param references by index, of the text that names a class, module or package
 */
record ConstantPool(String[] texts, int[] references) {
    private static final int MAGIC = 0xCAFEBABE;

    /** Reads a class file up to the end of its constant pool. */
    static ConstantPool read(ByteBuffer in) {
        if (in.getInt() != MAGIC) {
            throw badInput("it is not a class file");
        }
        in.getInt(); // versions
        int count = in.getChar();
        String[] texts = new String[count];
        int[] references = new int[count];
        for (int i = 1; i < count; i++) {
            int tag = in.get();
            switch (tag) {
                case 1 -> texts[i] = text(in);
                case 7, 8, 16, 19, 20 -> references[i] = in.getChar();
                case 15 -> skip(in, 3);
                case 3, 4, 9, 10, 11, 12, 17, 18 -> skip(in, 4);
                case 5, 6 -> {
                    skip(in, 8);
                    i++; // takes two places
                }
                default -> throw badInput("its constant pool has the unknown tag " + tag);
            }
        }
        return new ConstantPool(texts, references);
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = new byte[in.getChar()];
        in.get(bytes);
        // Texts whose modified UTF-8 differs from UTF-8 are neither names of modules nor of attributes.
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static void skip(ByteBuffer in, int bytes) {
        in.position(in.position() + bytes);
    }

    String text(int index) {
        if (index <= 0 || index >= texts.length || texts[index] == null) {
            throw badInput("its constant " + index + " is not a text");
        }
        return texts[index];
    }

    /** The name in a constant that stands for a module, package or class. */
    String name(int index) {
        if (index <= 0 || index >= references.length) {
            throw badInput("it has no constant " + index);
        }
        return text(references[index]);
    }
}
