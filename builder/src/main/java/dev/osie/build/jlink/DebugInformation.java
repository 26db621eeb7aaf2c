package dev.osie.build.jlink;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.failure.BuildException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Set;

/**
 * Takes from a class file what only debuggers and the line numbers of stack traces need: a seventh of a runtime's classes, uncompressed
 * and in an initramfs alike. Everything else stays byte for byte (Java virtual machine specification, 4.7).
 */
final class DebugInformation {
    private static final Set<String> DEBUG = Set.of(
            "LineNumberTable", "LocalVariableTable", "LocalVariableTypeTable", "SourceFile", "SourceDebugExtension");
    private static final String CODE = "Code";

    private final ByteBuffer in;
    private final ByteBuffer out;
    private final ConstantPool pool;

    private DebugInformation(byte[] classFile) {
        this.in = ByteBuffer.wrap(classFile);
        this.out = ByteBuffer.allocate(classFile.length);
        this.pool = ConstantPool.read(in);
        out.put(classFile, 0, in.position());
    }

    /** The class without it. */
    static byte[] strip(byte[] classFile) {
        try {
            return new DebugInformation(classFile).strip();
        } catch (BuildException | BufferUnderflowException | IllegalArgumentException e) {
            throw badInput("A class of the JDK cannot be read: " + e.getMessage())
                    .because(e);
        }
    }

    private byte[] strip() {
        copy(6); // access flags, this class, super class
        copy(2 * copyCount());
        copyMembers(); // fields
        copyMembers(); // methods
        copyAttributes();
        byte[] stripped = new byte[out.position()];
        out.flip().get(stripped);
        return stripped;
    }

    private void copyMembers() {
        for (int members = copyCount(); members > 0; members--) {
            copy(6); // access flags, name, descriptor
            copyAttributes();
        }
    }

    private void copyAttributes() {
        int countPosition = out.position();
        int count = copyCount();
        int kept = 0;
        for (int i = 0; i < count; i++) {
            in.mark();
            String name = pool.text(in.getChar());
            int length = in.getInt();
            if (DEBUG.contains(name)) {
                ConstantPool.skip(in, length);
                continue;
            }
            in.reset();
            kept++;
            if (name.equals(CODE)) {
                copyCode();
            } else {
                copy(6 + length);
            }
        }
        out.putChar(countPosition, (char) kept);
    }

    private void copyCode() {
        copy(2); // name
        int lengthPosition = out.position();
        copy(4 + 4); // length of the attribute, stack and variables
        copy(copyLength()); // instructions
        copy(8 * copyCount()); // exception handlers
        copyAttributes();
        out.putInt(lengthPosition, out.position() - lengthPosition - 4);
    }

    private int copyCount() {
        int count = in.getChar();
        out.putChar((char) count);
        return count;
    }

    private int copyLength() {
        int length = in.getInt();
        out.putInt(length);
        return length;
    }

    private void copy(int bytes) {
        out.put(out.position(), in, in.position(), bytes);
        ConstantPool.skip(in, bytes);
        ConstantPool.skip(out, bytes);
    }
}
