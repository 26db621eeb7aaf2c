package dev.osie.build.kernel;

import java.util.List;

/**
 * What a module says of itself in its section {@code .modinfo} and its symbol table. Lists keep the module's own order.
 *
 * @param path relative to {@code lib/modules/RELEASE}
 * @param depends names of the modules that hold symbols it uses, as the kernel's build found them
 * @param aliases patterns of devices and services it is for
 * @param softdeps what to load before and after it, in the form of modprobe.d's {@code softdep}, without the module's name
 * @param weakdeps modules it may load while it runs
 * @param firmware files it may ask for, relative to {@code lib/firmware}
 * @param vermagic release and options of the kernel it fits; empty when it has none
 * @param exports symbols it offers to other modules
 * @param needs symbols it takes from the kernel or from other modules
 */
record ModuleFacts(
        String path,
        List<String> depends,
        List<String> aliases,
        List<String> softdeps,
        List<String> weakdeps,
        List<String> firmware,
        String vermagic,
        List<String> exports,
        List<String> needs) {
    ModuleFacts {
        depends = List.copyOf(depends);
        aliases = List.copyOf(aliases);
        softdeps = List.copyOf(softdeps);
        weakdeps = List.copyOf(weakdeps);
        firmware = List.copyOf(firmware);
        exports = List.copyOf(exports);
        needs = List.copyOf(needs);
    }

    String name() {
        return ModulePath.name(path);
    }
}
