package dev.osie.build.assemble;

import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.UnknownPackageException;
import dev.osie.build.failure.BuildException;
import dev.osie.build.image.PackageSource;
import dev.osie.build.image.Recipe;
import dev.osie.build.image.Recipes;
import dev.osie.build.lock.Lock;
import dev.osie.build.lock.LockRequest;
import dev.osie.build.lock.PackageSet;
import dev.osie.build.oci.Image;
import dev.osie.build.platform.Architecture;
import dev.osie.build.spec.ImageName;
import dev.osie.build.store.Digest;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/** What a lock gives to recipes and to the kernel: packages, and the images that recipes build on. */
final class LockedPackages implements PackageSource {

    private final Lock lock;
    private final Architecture architecture;
    private final DebianSupply supply;
    private final LockedImages images;

    LockedPackages(Lock lock, Architecture architecture, DebianSupply supply, LockedImages images) {
        this.images = images;
        this.lock = lock;
        this.architecture = architecture;
        this.supply = supply;
    }

    /** What has to be in a lock so that the recipes and the kernel can be built, and the images found. */
    static LockRequest request(
            Architecture architecture,
            Recipes recipes,
            Collection<String> names,
            Optional<KernelChoice> kernel,
            SortedSet<String> images) {
        List<PackageSet> sets = new ArrayList<>();
        for (Recipe recipe : needed(architecture, recipes, names)) {
            sets.add(PackageSet.closed(recipe.name(), recipe.packageNames(), recipe.exclude()));
            recipe.jre().ifPresent(jre -> sets.add(PackageSet.only(jdkSet(recipe), List.of(jre.packageName()))));
        }
        kernel.ifPresent(choice -> sets.addAll(choice.sets()));
        return new LockRequest(architecture, sets, images);
    }

    /** The recipes and those they build on, by name. */
    static Collection<Recipe> needed(Architecture architecture, Recipes recipes, Collection<String> names) {
        Recipes here = recipes.on(architecture);
        SortedMap<String, Recipe> needed = new TreeMap<>();
        names.forEach(name -> here.chain(name).forEach(recipe -> needed.put(recipe.name(), recipe)));
        return needed.values();
    }

    /** The failure at the place where a recipe names the package, if one of them does. */
    static BuildException located(UnknownPackageException failure, Collection<Recipe> recipes) {
        for (Recipe recipe : recipes) {
            Optional<Position> jdk = recipe.jre().map(Recipe.JavaRuntime::position);
            Optional<Position> position = failure.asker().equals(jdkSet(recipe))
                    ? jdk
                    : recipe.packages().stream()
                            .filter(each -> failure.asker().equals(recipe.name()))
                            .filter(each -> each.name().equals(failure.name()))
                            .map(Recipe.Package::position)
                            .findFirst();
            if (position.isPresent()) {
                return Problems.failure(position.get(), "'" + failure.name() + "': " + failure.reason());
            }
        }
        return failure;
    }

    @Override
    public Image image(ImageName name) {
        return images.find(name);
    }

    /** What stands for an image, before it is fetched. */
    Digest digest(ImageName name) {
        return images.digest(name);
    }

    @Override
    public List<BinaryPackage> installed(Recipe recipe) {
        return of(recipe.name());
    }

    @Override
    public BinaryPackage jdk(Recipe recipe) {
        return of(jdkSet(recipe)).get(0);
    }

    @Override
    public void fetch(Collection<BinaryPackage> packages) {
        supply.fetch(packages);
    }

    /** The packages of a set. */
    List<BinaryPackage> of(String set) {
        return lock.packagesOf(architecture, set);
    }

    private static String jdkSet(Recipe recipe) {
        return "jdk/" + recipe.name();
    }
}
