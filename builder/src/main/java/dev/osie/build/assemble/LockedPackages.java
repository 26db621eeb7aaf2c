package dev.osie.build.assemble;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.image.PackageSource;
import dev.osie.build.image.Recipe;
import dev.osie.build.image.Recipes;
import dev.osie.build.kernel.KernelDefinition;
import dev.osie.build.lock.Lock;
import dev.osie.build.lock.LockRequest;
import dev.osie.build.lock.PackageSet;
import dev.osie.build.platform.Architecture;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/** The packages that a lock gives to recipes and to the kernel. */
final class LockedPackages implements PackageSource {

    private final Lock lock;
    private final Architecture architecture;
    private final DebianSupply supply;

    LockedPackages(Lock lock, Architecture architecture, DebianSupply supply) {
        this.lock = lock;
        this.architecture = architecture;
        this.supply = supply;
    }

    /** What has to be in a lock so that the recipes and the kernel can be built, and the images found. */
    static LockRequest request(
            Architecture architecture,
            Recipes recipes,
            Collection<String> names,
            Optional<KernelDefinition> kernel,
            SortedSet<String> images) {
        SortedMap<String, Recipe> needed = new TreeMap<>();
        names.forEach(name -> recipes.chain(name).forEach(recipe -> needed.put(recipe.name(), recipe)));
        List<PackageSet> sets = new ArrayList<>();
        for (Recipe recipe : needed.values()) {
            sets.add(PackageSet.closed(recipe.name(), recipe.packages(), recipe.exclude()));
            recipe.jre().ifPresent(jre -> sets.add(PackageSet.only(jdkSet(recipe), List.of(jre.packageName()))));
        }
        kernel.ifPresent(definition -> sets.add(PackageSet.closed(
                kernelSet(definition), List.of(definition.packageFor(architecture)), definition.exclude())));
        return new LockRequest(architecture, sets, images);
    }

    @Override
    public List<BinaryPackage> installed(Recipe recipe) {
        return lock.packagesOf(architecture, recipe.name());
    }

    @Override
    public BinaryPackage jdk(Recipe recipe) {
        return lock.packagesOf(architecture, jdkSet(recipe)).get(0);
    }

    @Override
    public void fetch(Collection<BinaryPackage> packages) {
        supply.fetch(packages);
    }

    /** The package with the kernel itself: Debian's linux-image-amd64 only depends on the one of the day. */
    BinaryPackage kernel(KernelDefinition definition) {
        return definition.kernelAmong(lock.packagesOf(architecture, kernelSet(definition)), architecture);
    }

    private static String jdkSet(Recipe recipe) {
        return "jdk/" + recipe.name();
    }

    private static String kernelSet(KernelDefinition definition) {
        return "kernel/" + definition.name();
    }
}
