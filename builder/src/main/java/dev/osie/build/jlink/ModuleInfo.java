package dev.osie.build.jlink;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.failure.BuildException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A module's declaration as its {@code module-info.class} holds it (Java virtual machine specification, 4.7.25 to 4.7.27). The class of the
 * same purpose in {@code java.lang.module} refuses class files newer than the virtual machine it runs on.
 *
 * @param name of the module
 * @param flags that the module has ({@code ACC_OPEN}, …)
 * @param version of the module
 * @param requires modules it reads
 * @param exports packages it exports
 * @param opens packages it opens for reflection
 * @param uses services it looks for
 * @param provides services it has
 * @param packages all its packages
 * @param attributes names of the attributes beside {@code Module}
 */
record ModuleInfo(
        String name,
        int flags,
        Optional<String> version,
        List<Requires> requires,
        List<Package> exports,
        List<Package> opens,
        SortedSet<String> uses,
        List<Provides> provides,
        SortedSet<String> packages,
        SortedSet<String> attributes) {
    /** Needed when compiling, not when running. */
    private static final int STATIC = 0x0040;

    private static final int TRANSITIVE = 0x0020;

    ModuleInfo {
        requires = List.copyOf(requires);
        exports = List.copyOf(exports);
        opens = List.copyOf(opens);
        uses = Collections.unmodifiableSortedSet(uses);
        provides = List.copyOf(provides);
        packages = Collections.unmodifiableSortedSet(packages);
        attributes = Collections.unmodifiableSortedSet(attributes);
    }

    /** A module that is required, with the version it had when this one was compiled. */
    record Requires(String name, int flags, Optional<String> version) {
        boolean isTransitive() {
            return (flags & TRANSITIVE) != 0;
        }

        boolean isStatic() {
            return (flags & STATIC) != 0;
        }
    }

    /** A package that is exported or opened: to all, unless there are modules it is opened to. */
    record Package(String name, int flags, List<String> targets) {}

    /** A service and the classes that provide it. */
    record Provides(String service, List<String> providers) {}

    static ModuleInfo read(byte[] classFile) {
        try {
            return new Reader(ByteBuffer.wrap(classFile)).read();
        } catch (BuildException | BufferUnderflowException | IllegalArgumentException e) {
            throw badInput("A module-info.class of the JDK cannot be read: " + e.getMessage())
                    .because(e);
        }
    }

    /** Names of the modules without which it doesn't run, sorted. */
    SortedSet<String> needed() {
        SortedSet<String> needed = new TreeSet<>();
        requires.stream().filter(module -> !module.isStatic()).forEach(module -> needed.add(module.name()));
        return needed;
    }

    private static final class Reader {
        private final ByteBuffer in;
        private final ConstantPool pool;
        private final SortedSet<String> packages = new TreeSet<>();
        private final SortedSet<String> attributes = new TreeSet<>();

        Reader(ByteBuffer in) {
            this.in = in;
            this.pool = ConstantPool.read(in);
        }

        ModuleInfo read() {
            ConstantPool.skip(in, 6); // access flags, this class, super class
            for (String part : new String[] {"interfaces", "fields", "methods"}) {
                if (in.getChar() != 0) {
                    throw badInput("it declares " + part);
                }
            }
            int module = -1;
            for (int count = in.getChar(); count > 0; count--) {
                String attribute = pool.text(in.getChar());
                int end = in.getInt() + in.position();
                switch (attribute) {
                    case "Module" -> module = in.position();
                    case "ModulePackages" -> packages.addAll(dotted());
                    default -> attributes.add(attribute);
                }
                in.position(end);
            }
            if (module < 0) {
                throw badInput("it has no attribute 'Module'");
            }
            in.position(module);
            return module();
        }

        private ModuleInfo module() {
            String name = pool.name(in.getChar());
            int flags = in.getChar();
            Optional<String> version = version();
            List<Requires> requires = new ArrayList<>();
            for (int count = in.getChar(); count > 0; count--) {
                requires.add(new Requires(pool.name(in.getChar()), in.getChar(), version()));
            }
            List<Package> exports = packages();
            List<Package> opens = packages();
            SortedSet<String> uses = new TreeSet<>(dotted());
            List<Provides> provides = new ArrayList<>();
            for (int count = in.getChar(); count > 0; count--) {
                provides.add(new Provides(pool.name(in.getChar()).replace('/', '.'), dotted()));
            }
            return new ModuleInfo(name, flags, version, requires, exports, opens, uses, provides, packages, attributes);
        }

        private Optional<String> version() {
            int index = in.getChar();
            return index == 0 ? Optional.empty() : Optional.of(pool.text(index));
        }

        private List<Package> packages() {
            List<Package> list = new ArrayList<>();
            for (int count = in.getChar(); count > 0; count--) {
                list.add(new Package(pool.name(in.getChar()).replace('/', '.'), in.getChar(), dotted()));
            }
            return list;
        }

        /** A list of names as the language writes them. */
        private List<String> dotted() {
            List<String> names = new ArrayList<>();
            for (int count = in.getChar(); count > 0; count--) {
                names.add(pool.name(in.getChar()).replace('/', '.'));
            }
            return List.copyOf(names);
        }
    }
}
