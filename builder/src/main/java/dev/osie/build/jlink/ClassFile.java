package dev.osie.build.jlink;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Assembles a class of straight-line methods (Java virtual machine specification, 4): no branches, so no stack maps, and no local
 * variables but {@code this}.
 */
final class ClassFile {
    /** Java 11, which every runtime that is linked understands. */
    private static final int CLASS_VERSION = 55;

    private static final int FINAL_SUPER = 0x0030;
    /** More than any of the methods needs. */
    private static final int MAX_STACK = 32;

    static final String OBJECT = "java/lang/Object";

    private final String name;
    private final Map<String, Integer> constants = new LinkedHashMap<>();
    private final ByteArrayOutputStream pool = new ByteArrayOutputStream();
    private final List<byte[]> methods = new ArrayList<>();
    private final List<String> interfaces = new ArrayList<>();

    ClassFile(String name, String... interfaces) {
        this.name = name;
        this.interfaces.addAll(List.of(interfaces));
    }

    /** Adds a method whose code the writer produces. */
    ClassFile method(int access, String methodName, String descriptor, Consumer<Code> writer) {
        Code code = new Code();
        writer.accept(code);
        byte[] instructions = code.bytes.toByteArray();
        methods.add(bytes(out -> {
            out.writeShort(access);
            out.writeShort(utf8(methodName));
            out.writeShort(utf8(descriptor));
            out.writeShort(1); // attributes
            out.writeShort(utf8("Code"));
            out.writeInt(instructions.length + 12);
            out.writeShort(MAX_STACK);
            out.writeShort(1); // local variables
            out.writeInt(instructions.length);
            out.write(instructions);
            out.writeInt(0); // exception handlers, attributes
        }));
        return this;
    }

    byte[] toBytes() {
        int self = type(name);
        int parent = type(OBJECT);
        int[] implemented = interfaces.stream().mapToInt(this::type).toArray();
        return bytes(out -> {
            out.writeInt(0xCAFEBABE);
            out.writeInt(CLASS_VERSION);
            out.writeShort(constants.size() + 1);
            out.write(pool.toByteArray());
            out.writeShort(FINAL_SUPER);
            out.writeShort(self);
            out.writeShort(parent);
            out.writeShort(implemented.length);
            for (int type : implemented) {
                out.writeShort(type);
            }
            out.writeShort(0); // fields
            out.writeShort(methods.size());
            for (byte[] method : methods) {
                out.write(method);
            }
            out.writeShort(0); // attributes
        });
    }

    private int utf8(String text) {
        return constant("utf8 " + text, out -> {
            out.writeByte(1);
            out.writeUTF(text);
        });
    }

    private int type(String type) {
        return reference(7, utf8(type));
    }

    private int reference(int tag, int index) {
        return constant(tag + " " + index, out -> {
            out.writeByte(tag);
            out.writeShort(index);
        });
    }

    private int pair(int tag, int first, int second) {
        return constant(tag + " " + first + " " + second, out -> {
            out.writeByte(tag);
            out.writeShort(first);
            out.writeShort(second);
        });
    }

    private int member(int tag, String owner, String member, String descriptor) {
        return pair(tag, type(owner), pair(12, utf8(member), utf8(descriptor)));
    }

    private int constant(String key, Bytes writer) {
        Integer known = constants.get(key);
        if (known != null) {
            return known;
        }
        pool.writeBytes(bytes(writer));
        constants.put(key, constants.size() + 1);
        return constants.size();
    }

    private static byte[] bytes(Bytes writer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            writer.writeTo(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a text too long for a constant
        }
        return bytes.toByteArray();
    }

    @FunctionalInterface
    private interface Bytes {
        void writeTo(DataOutputStream out) throws IOException;
    }

    /** The instructions of a method. */
    final class Code {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Code loadThis() {
            return instruction(0x2a);
        }

        Code number(int value) {
            return instruction(0x11).operand(value); // sipush
        }

        Code text(String text) {
            return instruction(0x13).operand(reference(8, utf8(text))); // ldc_w
        }

        Code newObject(String type) {
            return instruction(0xbb).operand(type(type)).instruction(0x59); // new, dup
        }

        Code constructor(String owner, String descriptor) {
            return instruction(0xb7).operand(member(10, owner, "<init>", descriptor)); // invokespecial
        }

        Code virtual(String owner, String method, String descriptor) {
            return instruction(0xb6).operand(member(10, owner, method, descriptor));
        }

        Code callStatic(String owner, String method, String descriptor) {
            return instruction(0xb8).operand(member(10, owner, method, descriptor));
        }

        Code callStaticOfInterface(String owner, String method, String descriptor) {
            return instruction(0xb8).operand(member(11, owner, method, descriptor));
        }

        Code staticField(String owner, String field, String descriptor) {
            return instruction(0xb2).operand(member(9, owner, field, descriptor));
        }

        /** An array of that many null references. */
        Code emptyArray(String type, int size) {
            return number(size).instruction(0xbd).operand(type(type)); // anewarray
        }

        /** An array of what the element pushes for each item. */
        <T> Code array(String type, List<T> items, Consumer<T> element) {
            emptyArray(type, items.size());
            for (int i = 0; i < items.size(); i++) {
                instruction(0x59).number(i); // dup
                element.accept(items.get(i));
                instruction(0x53); // aastore
            }
            return this;
        }

        Code returnNothing() {
            return instruction(0xb1);
        }

        Code returnObject() {
            return instruction(0xb0);
        }

        Code returnBoolean(boolean value) {
            return number(value ? 1 : 0).instruction(0xac);
        }

        private Code instruction(int opcode) {
            bytes.write(opcode);
            return this;
        }

        private Code operand(int value) {
            bytes.write(value >> 8);
            bytes.write(value);
            return this;
        }
    }
}
