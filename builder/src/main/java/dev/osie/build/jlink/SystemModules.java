package dev.osie.build.jlink;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Writes the classes in which a virtual machine finds the modules of its runtime ready-made: {@code SystemModulesMap} in the package
 * {@code jdk.internal.module}, and the class it returns. Without them it reads every {@code module-info.class} and resolves them anew
 * each time it starts, an eighth of the time in which a small program starts.
 *
 * <p>The interface between these classes and the JDK is internal; it is the same in JDK 17 to 21.
 */
final class SystemModules {
    private static final int FIRST_RELEASE = 17;
    private static final int LAST_RELEASE = 21;

    private static final String PACKAGE = "jdk/internal/module/";
    private static final String MAP = PACKAGE + "SystemModulesMap";
    private static final String ALL = PACKAGE + "SystemModules$all";
    private static final String INTERFACE = PACKAGE + "SystemModules";
    private static final String BUILDER = PACKAGE + "Builder";
    private static final String DESCRIPTOR = "java/lang/module/ModuleDescriptor";
    private static final String MODIFIER = DESCRIPTOR + "$Requires$Modifier";
    private static final String STRING = "java/lang/String";
    private static final String LIST = "java/util/List";
    private static final String JAVA_MAP = "java/util/Map";
    private static final String SET = "java/util/Set";
    private static final String OBJECT = "L" + ClassFile.OBJECT + ";";

    private static final int PUBLIC = 0x0001;
    private static final int STATIC = 0x0008;
    private static final SortedMap<Integer, String> REQUIRES_FLAGS =
            new TreeMap<>(Map.of(0x0020, "TRANSITIVE", 0x0040, "STATIC", 0x1000, "SYNTHETIC", 0x8000, "MANDATED"));

    private final SortedMap<String, ModuleInfo> modules = new TreeMap<>();

    private SystemModules(Collection<ModuleInfo> modules) {
        modules.forEach(module -> this.modules.put(module.name(), module));
    }

    /**
     * The classes by their paths in {@code java.base}; none when the modules have something that they cannot express, and then the virtual
     * machine does without them.
     */
    static SortedMap<String, byte[]> classes(Collection<ModuleInfo> modules) {
        SystemModules system = new SystemModules(modules);
        SortedMap<String, byte[]> classes = new TreeMap<>();
        if (system.isExpressible() && system.resolvedByDefault().equals(system.modules.keySet())) {
            classes.put(MAP + ".class", map());
            classes.put(ALL + ".class", system.all());
        }
        return classes;
    }

    private boolean isExpressible() {
        int release = Optional.ofNullable(modules.get("java.base"))
                .flatMap(ModuleInfo::version)
                .map(version -> Integer.parseInt(version.split("\\D", 2)[0]))
                .orElse(0);
        return release >= FIRST_RELEASE
                && release <= LAST_RELEASE
                && modules.values().stream().allMatch(SystemModules::isPlain);
    }

    private static boolean isPlain(ModuleInfo module) {
        return module.flags() == 0
                && !module.attributes().contains("ModuleResolution")
                && !module.attributes().contains("ModuleMainClass")
                && module.exports().stream().allMatch(exported -> exported.flags() == 0)
                && module.opens().stream().allMatch(opened -> opened.flags() == 0);
    }

    /**
     * The modules a program on the class path gets: those that export anything to everybody, those they require, and those that provide a
     * service which one of them uses ({@code java.lang.module}, "Resolution with service binding").
     */
    private SortedSet<String> resolvedByDefault() {
        Deque<String> open = new ArrayDeque<>(List.of("java.base"));
        modules.values().stream()
                .filter(module -> module.exports().stream()
                        .anyMatch(exported -> exported.targets().isEmpty()))
                .forEach(module -> open.add(module.name()));
        SortedSet<String> resolved = new TreeSet<>();
        Set<String> used = new TreeSet<>();
        while (!open.isEmpty()) {
            ModuleInfo module = modules.get(open.remove());
            if (resolved.add(module.name())) {
                open.addAll(module.needed());
                used.addAll(module.uses());
            }
            if (open.isEmpty()) {
                modules.values().stream()
                        .filter(other -> !resolved.contains(other.name()))
                        .filter(other ->
                                other.provides().stream().anyMatch(provided -> used.contains(provided.service())))
                        .forEach(other -> open.add(other.name()));
            }
        }
        return resolved;
    }

    /** The modules a module reads: those it requires, and what these pass on. */
    private List<String> reads(ModuleInfo module) {
        SortedSet<String> reads = new TreeSet<>();
        Deque<String> open = new ArrayDeque<>();
        module.requires().stream()
                .map(ModuleInfo.Requires::name)
                .filter(modules::containsKey)
                .forEach(open::add);
        while (!open.isEmpty()) {
            String name = open.remove();
            if (reads.add(name)) {
                modules.get(name).requires().stream()
                        .filter(ModuleInfo.Requires::isTransitive)
                        .map(ModuleInfo.Requires::name)
                        .filter(modules::containsKey)
                        .forEach(open::add);
            }
        }
        return List.copyOf(reads);
    }

    private static byte[] map() {
        ClassFile file = new ClassFile(MAP);
        for (String method : List.of("allSystemModules", "defaultSystemModules")) {
            file.method(
                    STATIC,
                    method,
                    "()L" + INTERFACE + ";",
                    code -> code.newObject(ALL).constructor(ALL, "()V").returnObject());
        }
        for (String method : List.of("moduleNames", "classNames")) {
            file.method(
                    STATIC,
                    method,
                    "()[L" + STRING + ";",
                    code -> code.emptyArray(STRING, 0).returnObject());
        }
        return file.toBytes();
    }

    private byte[] all() {
        List<ModuleInfo> all = List.copyOf(modules.values());
        ClassFile file = new ClassFile(ALL, INTERFACE);
        file.method(
                0,
                "<init>",
                "()V",
                code -> code.loadThis().constructor(ClassFile.OBJECT, "()V").returnNothing());
        file.method(PUBLIC, "hasSplitPackages", "()Z", code -> code.returnBoolean(false));
        file.method(PUBLIC, "hasIncubatorModules", "()Z", code -> code.returnBoolean(false));
        file.method(
                PUBLIC,
                "moduleDescriptors",
                "()[L" + DESCRIPTOR + ";",
                code -> code.array(
                                DESCRIPTOR,
                                all,
                                module -> code.callStatic(ALL, method(module), "()L" + DESCRIPTOR + ";"))
                        .returnObject());
        // These matter where modules are added to a runtime or replaced. An empty place means that a module has none.
        emptyArrays(file, "moduleTargets", PACKAGE + "ModuleTarget", all.size());
        emptyArrays(file, "moduleHashes", PACKAGE + "ModuleHashes", all.size());
        emptyArrays(file, "moduleResolutions", PACKAGE + "ModuleResolution", all.size());
        file.method(PUBLIC, "moduleReads", "()L" + JAVA_MAP + ";", code -> pushReads(code, all));
        for (ModuleInfo module : all) {
            file.method(STATIC, method(module), "()L" + DESCRIPTOR + ";", code -> pushDescriptor(code, module));
        }
        return file.toBytes();
    }

    private static void emptyArrays(ClassFile file, String method, String type, int size) {
        file.method(
                PUBLIC,
                method,
                "()[L" + type + ";",
                code -> code.emptyArray(type, size).returnObject());
    }

    /** A method for each module: all in one would be larger than a method may be. */
    private static String method(ModuleInfo module) {
        return module.name().replace('.', '_');
    }

    private void pushReads(ClassFile.Code code, List<ModuleInfo> all) {
        String entry = JAVA_MAP + "$Entry";
        code.array(entry, all, module -> {
            code.text(module.name());
            pushSet(code, reads(module));
            code.callStaticOfInterface(JAVA_MAP, "entry", "(" + OBJECT + OBJECT + ")L" + entry + ";");
        });
        code.callStaticOfInterface(JAVA_MAP, "ofEntries", "([L" + entry + ";)L" + JAVA_MAP + ";")
                .returnObject();
    }

    private static void pushDescriptor(ClassFile.Code code, ModuleInfo module) {
        code.newObject(BUILDER).text(module.name()).constructor(BUILDER, "(L" + STRING + ";)V");
        String requires = DESCRIPTOR + "$Requires";
        code.array(requires, module.requires(), required -> pushRequires(code, required, requires));
        build(code, "requires", "[L" + requires + ";");
        pushPackages(code, "exports", DESCRIPTOR + "$Exports", module.exports());
        pushPackages(code, "opens", DESCRIPTOR + "$Opens", module.opens());
        pushSet(code, module.uses());
        build(code, "uses", "L" + SET + ";");
        String provides = DESCRIPTOR + "$Provides";
        code.array(provides, module.provides(), provided -> {
            code.text(provided.service()).array(STRING, provided.providers(), code::text);
            code.callStaticOfInterface(LIST, "of", "([" + OBJECT + ")L" + LIST + ";");
            code.callStatic(BUILDER, "newProvides", "(L" + STRING + ";L" + LIST + ";)L" + provides + ";");
        });
        build(code, "provides", "[L" + provides + ";");
        pushSet(code, module.packages());
        build(code, "packages", "L" + SET + ";");
        module.version().ifPresent(version -> {
            code.text(version);
            build(code, "version", "L" + STRING + ";");
        });
        // 0 stands for a hash code that is computed when somebody asks for it.
        code.number(0).virtual(BUILDER, "build", "(I)L" + DESCRIPTOR + ";").returnObject();
    }

    private static void build(ClassFile.Code code, String part, String type) {
        code.virtual(BUILDER, part, "(" + type + ")L" + BUILDER + ";");
    }

    private static void pushRequires(ClassFile.Code code, ModuleInfo.Requires required, String type) {
        List<String> modifiers = REQUIRES_FLAGS.entrySet().stream()
                .filter(flag -> (required.flags() & flag.getKey()) != 0)
                .map(Map.Entry::getValue)
                .toList();
        code.array(MODIFIER, modifiers, modifier -> code.staticField(MODIFIER, modifier, "L" + MODIFIER + ";"));
        setOfArray(code).text(required.name());
        required.version().ifPresent(code::text);
        String version = required.version().map(text -> "L" + STRING + ";").orElse("");
        code.callStatic(BUILDER, "newRequires", "(L" + SET + ";L" + STRING + ";" + version + ")L" + type + ";");
    }

    /** {@code exports} or {@code opens}. */
    private static void pushPackages(ClassFile.Code code, String part, String type, List<ModuleInfo.Package> packages) {
        String factory = "new" + part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1);
        code.array(type, packages, exported -> {
            pushSet(code, List.of());
            code.text(exported.name());
            String targets = "";
            if (!exported.targets().isEmpty()) {
                pushSet(code, exported.targets());
                targets = "L" + SET + ";";
            }
            code.callStatic(BUILDER, factory, "(L" + SET + ";L" + STRING + ";" + targets + ")L" + type + ";");
        });
        build(code, part, "[L" + type + ";");
    }

    private static void pushSet(ClassFile.Code code, Collection<String> texts) {
        setOfArray(code.array(STRING, List.copyOf(texts), code::text));
    }

    private static ClassFile.Code setOfArray(ClassFile.Code code) {
        return code.callStaticOfInterface(SET, "of", "([" + OBJECT + ")L" + SET + ";");
    }
}
